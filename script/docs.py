"""Make the reference pages that the code itself can write.

The settings, the problems, the metrics, an example of each event, and what templates of messages may say.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import groupby
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, MinLen
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from config.settings import ROOT, Settings
from domain.notifications.rules.saying import VARIABLES
from script.metrics_page import metrics_page
from web.event_examples import examples
from web.problems import PROBLEMS, Sort

FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Written by script/docs from {source}: change that, and run it again. -->"
WORDS: Mapping[type, str] = {
    bool: "`true` or `false`",
    int: "whole number",
    Path: "path",
    str: "text",
    SecretStr: "text, secret",
}
SHELL_DEFAULT = re.compile(r"\$\{(?P<name>[A-Z_]+):-(?P<default>[^}]*)\}")


class Program(NamedTuple):
    """A variable that only the Procfile reads: its default, and what it is for."""

    name: str
    default: str


# The Procfile has no room for a sentence each.
OF_PROGRAMS: Mapping[str, str] = {
    "HOST": "The address that the web server listens on; script/server takes 127.0.0.1 when it is not set",
    "PORT": "The port that the web server listens on; script/server takes the first free one from 8000 up",
    "WEB_CONCURRENCY": "Processes of the web server",
    "WEB_BACKPRESSURE": "Requests that one web process holds at a time; further ones wait in the socket's queue",
    "WORKER_CONCURRENCY": "Processes of the worker",
    "OUTSIDE_THREADS": "Threads of the worker that calls others: payment providers, mail servers, webhooks",
}

SETTINGS = """{made}

# Settings

Everything that differs from one installation to the next comes from environment variables. Nothing is read from a file.
Unknown variables are ignored. An empty variable counts as set, except for `script/server`, which takes it as not set.

`script/server` sets what is missing: it starts PostgreSQL and Valkey, makes the two secrets and keeps them in
`DATA_DIR/keys`, and sets `ENVIRONMENT=development` and `BASE_URL`. It stands in for Stripe and for Paystack, with keys made
here, unless that provider's secret key is set. Everywhere else the required ones must be set; a process that misses one
ends at once and names it. In production it does so, too, for a `SECRET_KEY`, `JWT_SECRET_KEY` or `METRICS_TOKEN` that repeats itself,
counts, looks like a default, or is the same as another of them; all that is wrong is told in one message.

## Of the application

Read by the web server, the worker, beat and the `flask` commands.

| variable | value | default | meaning |
|---|---|---|---|
{application}

## Of the processes

Read by the commands in the `Procfile` only.

| variable | default | meaning |
|---|---|---|
{programs}
"""

PROBLEM_PAGE = """{made}

# Problems

Every answer of 400 and above is a problem document, `application/problem+json` as RFC 9457 has it. Decide by `code`:
codes never change their meaning. `title` is fixed for each code, and `detail` is about this one request.

```json
{{
  "type": "/problems/invalid",
  "title": "The request makes no sense as asked",
  "status": 422,
  "code": "invalid",
  "detail": "/duration_minutes: Input should be greater than or equal to 1.",
  "request_id": "req_01k5e2v8x3q7m9n4p6r0s2t4w6",
  "errors": [
    {{"pointer": "/duration_minutes", "code": "out_of_range", "detail": "Input should be greater than or equal to 1."}}
  ]
}}
```

`type` is a page on the same server that explains the code. `request_id` is in every line that the server logs about the
request, and in the `X-Request-Id` header. `errors` names fields by JSON pointer, and query parameters as `?name`; its
codes are those below, and four that only fields have: `required`, `too_long`, `too_short` and `out_of_range`. See [conventions](conventions.md#problems) for the members that some codes add.
{groups}"""

EVENT_PAGE = """{made}

# Examples of events

One of each type, as [`GET /api/events`](events.md#reading-them) shows it and as [webhooks](webhooks.md) carry it in `data`.
[Events](events.md) says when each happens.
{events}"""


TEMPLATE_PAGE = """{made}

# Variables of templates

What [templates](notifications.md#templates) may say in `{{{{ … }}}}`, or ask for in `{{% if … %}}`. Every one stands for text, as the language of the
message writes it; what there is nothing to say of is empty. Any other name is refused when a template is saved.

| name | stands for |
|---|---|
{variables}
"""


def pages() -> Mapping[Path, str]:
    """Return the text of each page by its place, as it should be."""
    return {
        FOLDER / "settings.md": settings_page(),
        FOLDER / "problems.md": problems_page(),
        FOLDER / "metrics.md": metrics_page(MADE.format(source="config/metrics.py and web/readings.py")),
        FOLDER / "event-examples.md": events_page(),
        FOLDER / "template-variables.md": variables_page(),
    }


def settings_page() -> str:
    """Return the page of `config/settings.py`, and of what else the Procfile reads."""
    return SETTINGS.format(
        made=MADE.format(source="config/settings.py and Procfile"),
        application="\n".join(_setting(name, field) for name, field in Settings.model_fields.items()),
        programs="\n".join(f"| `{each.name}` | `{each.default}` | {OF_PROGRAMS[each.name]} |" for each in programs()),
    )


def programs() -> Sequence[Program]:
    """Return what the Procfile reads and the application does not, in its order."""
    found = SHELL_DEFAULT.findall((ROOT / "Procfile").read_text())
    known = {name.upper() for name in Settings.model_fields}
    return [Program(name, default) for name, default in dict.fromkeys(found) if name not in known]


def problems_page() -> str:
    """Return the page of `web/problems.py`."""
    by_status = sorted(PROBLEMS.items(), key=lambda item: item[1].status)
    groups = groupby(by_status, key=lambda item: item[1].status)
    return PROBLEM_PAGE.format(
        made=MADE.format(source="web/problems.py"),
        groups="".join(_group(status, items) for status, items in groups),
    )


def events_page() -> str:
    """Return the page of `web/event_examples.py`."""
    return EVENT_PAGE.format(
        made=MADE.format(source="web/event_examples.py"),
        events="".join(
            f"\n## {kind}\n\n```json\n{json.dumps(each, indent=2, ensure_ascii=False)}\n```\n"
            for kind, each in examples()
        ),
    )


def variables_page() -> str:
    """Return the page of what templates may say."""
    return TEMPLATE_PAGE.format(
        made=MADE.format(source="domain/notifications/rules/saying.py"),
        variables="\n".join(f"| `{name}` | {meaning} |" for name, meaning in VARIABLES.items()),
    )


def _group(status: int, items: Iterable[tuple[str, Sort]]) -> str:
    rows = "\n".join(f"| `{code}` | {sort.title}. | {sort.explanation} |" for code, sort in items)
    return f"\n## {status} {HTTPStatus(status).phrase}\n\n| code | title | what to do |\n|---|---|---|\n{rows}\n"


def _setting(name: str, field: FieldInfo) -> str:
    return f"| `{name.upper()}` | {_value(field)} | {_default(field)} | {field.description or ''} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, Path):
        return f"`{value.relative_to(ROOT)}` in the checkout"
    return f"`{value}`" if value or value == 0 else "none"


def _value(field: FieldInfo) -> str:
    limits = [_limit(each) for each in field.metadata if isinstance(each, Ge | MinLen)]
    return ", ".join([_kind(field.annotation), *limits])


def _kind(annotation: Any) -> str:  # noqa: ANN401 - whatever a field may be annotated with
    readers: Mapping[Any, Callable[[Any], str]] = {
        Annotated: lambda kind: _kind(get_args(kind)[0]),
        Literal: lambda kind: " or ".join(f"`{each}`" for each in get_args(kind)),
        tuple: lambda _: "JSON list of text, secret",
        Union: lambda kind: _kind(get_args(kind)[0]),
        UnionType: lambda kind: _kind(get_args(kind)[0]),
    }
    reader = readers.get(get_origin(annotation))
    return reader(annotation) if reader else WORDS[annotation]


def _limit(bound: Ge | MinLen) -> str:
    return f"at least {bound.ge}" if isinstance(bound, Ge) else f"at least {bound.min_length} characters"


def main() -> None:
    """Write every page."""
    for place, text in pages().items():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        print(place.relative_to(ROOT))


if __name__ == "__main__":
    main()
