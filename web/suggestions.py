"""Suggestions: what somebody may have meant who wrote a name that there is not."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

Place = tuple[int | str, ...]

LONGEST = 40
"""Letters of a name that something is suggested for: to compare longer ones takes long, and nobody has meant them."""


def meant(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names what comes nearest to *name*, with a blank before it; or nothing."""
    near = get_close_matches(name, sorted(known), n=1) if len(name) <= LONGEST else []
    return f" Did you mean {near[0]}?" if near else ""


def siblings(model: type[BaseModel], place: Place) -> list[str]:
    """Return what fields there are beside a place in a body: those of its object, if it can only be one model's."""
    found = {model}
    for step in place[:-1]:
        if not isinstance(step, int):
            found = {
                each
                for one in found
                for name, field in one.model_fields.items()
                if step in {name, field.alias}
                for each in _models(field.annotation)
            }
    (only,) = found if len(found) == 1 else (BaseModel,)
    return [field.alias or name for name, field in only.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 - whatever a field may be declared as
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
