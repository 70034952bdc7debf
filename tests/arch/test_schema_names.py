"""Names in the OpenAPI document: the library keeps one schema a name, and lets the later replace the earlier in silence."""

from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.app import create_app


def models(parent: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for model in parent.__subclasses__():
        if model.__module__.startswith("web."):
            yield model
        yield from models(model)


def test_no_two_schemas_have_one_name() -> None:
    """Pydantic tells two of one name apart by their modules, as in `domain__payments__rules__states__State`."""
    create_app()
    ours = sorted(set(models()), key=lambda model: (model.__module__, model.__qualname__))
    assert len(ours) > 100
    _, document = models_json_schema([(model, "validation") for model in ours])
    assert [name for name in document["$defs"] if name.startswith(("web__", "domain__"))] == []
