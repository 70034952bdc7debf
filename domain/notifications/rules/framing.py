"""The frame: the HTML that every message stands in, with its styles where mail programs read them. Pure."""

from functools import cache
from typing import NamedTuple

from css_inline import CSSInliner, InlineError
from jinja2 import Template
from markupsafe import Markup

from domain.notifications.rules.language import ESCAPING
from domain.notifications.rules.speech import Speech, frame

MOST_TAGS = 500
"""The library goes as deep as the HTML does, and ends the process where that is deeper than its stack."""

INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


class Said(NamedTuple):
    """A message in words."""

    subject: str
    text: str
    html: str


def framed(subject: str, html: str, speech: Speech, *, head: str, why: str, unsubscribe_url: str = "") -> str:
    """Return a page: *html*, whose values are escaped, below a *head*, and below it *why* somebody gets this.

    Where the styles of a business's own HTML make no sense, or there are more tags than any letter needs, the styles
    stay where they are: it is sent all the same.
    """
    page = _frame().render(
        content=Markup(html),  # noqa: S704 - a template's, whose values are escaped
        subject=subject,
        language=str(speech.locale).replace("_", "-"),
        direction=speech.direction,
        head=head,
        why=why,
        unsubscribe=speech.words["frame"]["unsubscribe"],
        unsubscribe_url=unsubscribe_url,
    )
    if html.count("<") > MOST_TAGS:
        return page
    try:
        return INLINER.inline(page)
    except InlineError:
        return page


@cache
def _frame() -> Template:
    return ESCAPING.from_string(frame())
