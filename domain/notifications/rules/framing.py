"""The frame: the HTML that every message stands in, with its styles where mail programs read them. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from css_inline import CSSInliner, InlineError
from jinja2 import Template
from markupsafe import Markup

from domain.notifications.rules.language import ESCAPING
from domain.notifications.rules.speech import Speech, frame

MOST_TAGS = 500
"""The library goes as deep as the HTML does, and ends the process where that is deeper than its stack."""

LONGEST = 100_000
"""Letters of a message's text, and of its page: longer ones are cut off by mail programs (Gmail's at 102 kB)."""


class TooLong(Exception):
    """A template makes a message of it that is longer than what mail programs show: which *part* of it, by which *line*."""

    def __init__(self, part: str = "html", line: int = 1) -> None:
        super().__init__(part, line)
        self.part, self.line = part, line


class Said(NamedTuple):
    """A message in words."""

    subject: str
    text: str
    html: str


def framed(
    subject: str, html: str, speech: Speech, *, head: str, why: str, unsubscribe_url: str = "", manage_url: str = ""
) -> str:
    """Return a page: *html*, whose values are escaped, below a *head*, and below it *why* somebody gets this.

    No customer is left without the *manage_url* of their booking: where the text does not say it, the frame does.
    Only our own styles are written into the tags; those of a business's own HTML stay where they stand. (Written into each
    of its tags, 20 kB of them made letters of 135 MB.) Where its tags' own styles make no sense, or there are more tags
    than any letter needs, ours stay where they stand, too: it is sent all the same. Errors: TooLong.
    """
    if len(html) > LONGEST:
        raise TooLong
    values = {
        "content": Markup(html),  # noqa: S704 - a template's, whose values are escaped
        "subject": subject,
        "language": str(speech.locale).replace("_", "-"),
        "direction": speech.direction,
        "head": head,
        "why": why,
        "unsubscribe": speech.words["frame"]["unsubscribe"],
        "unsubscribe_url": unsubscribe_url,
        "manage": speech.words["frame"]["manage"],
        "manage_url": manage_url if manage_url not in html else "",
    }
    page = _inlined(values) if html.count("<") <= MOST_TAGS else _with_its_styles(values)
    if len(page) > LONGEST:
        raise TooLong
    return page


def _inlined(values: Mapping[str, str]) -> str:
    try:
        return _inliner().inline(_frame().render(values, styles=""))
    except InlineError:
        return _with_its_styles(values)


def _with_its_styles(values: Mapping[str, str]) -> str:
    return _frame().render(values, styles=Markup(frame("frame.css")))  # noqa: S704 - ours


@cache
def _frame() -> Template:
    return ESCAPING.from_string(frame("frame.html"))


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(
        extra_css=frame("frame.css"), inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False
    )
