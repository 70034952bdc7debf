"""The guides in the browser, as they are in docs/, and the search over everything."""

from collections.abc import Sequence
from functools import cache
from typing import cast

from flask import Blueprint, Response, current_app, request

from config.settings import settings
from web.auth import public
from web.manual import llms
from web.manual.guides import CONTENTS, Guide, as_written, guides, neighbours, pictures, shelves, written
from web.manual.search import Entry, entries, found
from web.openapi import Api
from web.pages.reference import reference
from web.pages.shown import missing, page, shown

manual = Blueprint("manual", __name__, template_folder="templates")

KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@manual.get("/docs")
@public
def contents() -> Response:
    """Show what there is to read."""
    return shown(_contents())


@manual.get("/docs/README.md")
@public
def contents_as_written() -> Response:
    """Return the contents as Markdown."""
    return _as_written(CONTENTS.read_text(encoding="utf-8"))


@manual.get("/docs/<path:name>")
@public
def guide(name: str) -> Response:
    """Show a guide; as Markdown with `.md` behind its name. Pictures are beside the guides, as they are on disk."""
    if name in pictures():
        file = pictures()[name]
        return shown(file.read_bytes(), KINDS[file.suffix])
    known = guides().get(name.removesuffix(".md"))
    if known is None:
        return missing()
    if name.endswith(".md"):
        return _as_written(as_written(known))
    return shown(_guide(known))


@manual.get("/docs/search")
@public
def search() -> Response:
    """Find what is asked for as `q` in guides, operations and problems."""
    question = request.args.get("q", "").strip()
    hits = found(_entries(cast(Api, current_app)), question)
    return shown(page("search.html", area="search", question=question, hits=hits))


@manual.get("/llms.txt")
@public
def for_models() -> Response:
    """List everything for language models."""
    return shown(llms.contents(settings().base_url), "text/plain")


@manual.get("/llms-full.txt")
@public
def all_for_models() -> Response:
    """Return every guide in one text."""
    return shown(llms.whole(settings().base_url), "text/plain")


def _as_written(text: str) -> Response:
    return shown(text, "text/markdown")


@cache
def _contents() -> str:
    return page("contents.html", area="guides", shelves=shelves(), text=written(CONTENTS))


@cache
def _guide(known: Guide) -> str:
    before, after = neighbours(known)
    given = {"guide": known, "text": written(known.file), "before": before, "after": after}
    return page("guide.html", area="guides", shelves=shelves(), **given)


@cache
def _entries(app: Api) -> Sequence[Entry]:
    return entries(reference(app).operations)
