"""The manual for language models, in the form of llmstxt.org: a list of all pages, and all of them in one text."""

from collections.abc import Iterator

from web.manual.guides import CONTENTS, Guide, guides, shelves, source

INTRODUCTION = """# AionBooking

> A self-hosted booking backend with one REST API. Businesses publish services, people book times, and every booking that was accepted is decided: it gets its place, or a reason why not.

Ask for a booking with `POST /api/bookings` and read the decision with `GET /api/bookings/{{id}}?wait=10`. Send `Authorization: Bearer` with an access token or an API key. Every refusal is `application/problem+json`; decide by its `code`.

## API

- [OpenAPI 3.1 document]({base}/api/openapi.json): every operation, its fields, its answers and its problems
- [Problems]({base}/docs/reference/problems.md): every code that a refusal can carry
"""
OPTIONAL = frozenset({"Decisions", "Changes"})
"""Shelves that can be left out where a shorter text is wanted."""


def contents(base_url: str) -> str:
    """Return the list."""
    parts = [INTRODUCTION.format(base=base_url)]
    for title, found in shelves():
        if title not in OPTIONAL:
            parts.append(f"## {title}\n\n" + "".join(_line(each, base_url) for each in found))
    optional = [each for title, found in shelves() if title in OPTIONAL for each in found]
    whole = f"- [All of it in one text]({base_url}/llms-full.txt)\n"
    return "\n".join([*parts, "## Optional\n\n" + whole + "".join(_line(each, base_url) for each in optional)])


def whole(base_url: str) -> str:
    """Return every guide, one after another."""
    return "\n\n".join([contents(base_url), *(text.replace("](/", f"]({base_url}/") for text in _texts())])


def _line(guide: Guide, base_url: str) -> str:
    return f"- [{guide.title}]({base_url}{guide.url}.md): {guide.summary}\n"


def _texts() -> Iterator[str]:
    for file in (CONTENTS, *(each.file for each in guides().values())):
        yield source(file)
