"""Markdown: the text of a guide made into HTML, with an anchor for each heading and code in colours.

Nothing of it is believed to be harmless: HTML within it is shown as text, but for comments, which are left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from web.manual.colours import coloured
from web.manual.diagrams import moves

Resolve = Callable[[str], str]
"""Tells the address in the browser of what a link on disk leads to."""

ADDRESSES = {"link_open": "href", "image": "src"}
SILENT = {"softbreak", "hardbreak"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading, and where it is."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What stands below a heading, as plain text; below none at the beginning."""

    heading: Heading | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A whole text."""

    html: Markup
    headings: Sequence[Heading]
    passages: Sequence[Passage]
    paragraphs: Sequence[str]

    @property
    def body(self) -> Markup:
        """Return what stands below its title."""
        return self.html.partition("</h1>\n")[2]


def rendered(text: str, resolve: Resolve) -> Rendered:
    """Make a text into HTML; *resolve* is asked about each link and picture."""
    tokens = PARSER.parse(text)
    headings = list(_anchored(tokens))
    for token in _all(tokens):
        _readdress(token, resolve)
        _unstyle(token)
    html = Markup(PARSER.renderer.render(tokens, PARSER.options, {}))  # noqa: S704 - what the parser made is escaped
    paragraphs = [_line(_words([each])) for before, each in pairwise(tokens) if before.type == "paragraph_open"]
    return Rendered(html=html, headings=headings, passages=list(_passages(tokens, headings)), paragraphs=paragraphs)


def inline(text: str) -> Markup:
    """Return one line of Markdown, as the OpenAPI document has it in descriptions, as HTML."""
    return Markup(PARSER.renderInline(text))  # noqa: S704 - what the parser made is escaped


def plain(text: str) -> str:
    """Return one line of Markdown without its marks."""
    return "".join(_words(PARSER.parseInline(text)))


def _anchored(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Give each heading its anchor: the one that it has where repositories are shown, too."""
    taken: dict[str, int] = {}
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "heading_open":
            anchor = re.sub(r"[^\w -]", "", content.content.lower()).replace(" ", "-")
            taken[anchor] = taken.get(anchor, -1) + 1
            own = f"{anchor}-{taken[anchor]}" if taken[anchor] else anchor
            heading = Heading(level=int(opening.tag[1:]), anchor=own, title="".join(_words([content])))
            opening.meta = closing.meta = {"heading": heading}
            yield heading


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _readdress(token: Token, resolve: Resolve) -> None:
    name = ADDRESSES.get(token.type)
    if name:
        token.attrSet(name, resolve(str(token.attrGet(name))))


def _unstyle(token: Token) -> None:
    """Say by a class how a cell is aligned: the pages allow no style within the markup."""
    style = token.attrs.pop("style", None)
    if style:
        token.attrSet("class", str(style).partition(":")[2])


def _passages(tokens: Sequence[Token], headings: Sequence[Heading]) -> Iterator[Passage]:
    rest = iter(headings)
    heading: Heading | None = None
    words: list[str] = []
    for before, token in pairwise([Token("", "", 0), *tokens]):
        if token.type == "heading_open":
            yield Passage(heading=heading, text=_line(words))
            heading, words = next(rest), []
        elif token.type in {"inline", "fence"} and before.type != "heading_open":
            words += [*_words([token]), " "]
    yield Passage(heading=heading, text=_line(words))


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in SILENT:
            yield " "
        elif token.children is not None:
            yield from _words(token.children)
        elif token.type not in {"html_block", "html_inline"}:
            yield token.content


def _line(words: Iterable[str]) -> str:
    return " ".join("".join(words).split())


def _code(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    code, language = tokens[index].content, tokens[index].info.strip()
    return moves(code) if language == "mermaid" else coloured(code, language)


def _opened(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    heading = tokens[index].meta["heading"]
    division = '<div class="heading">' if heading.level > 1 else ""
    return f'{division}<h{heading.level} id="{escape(heading.anchor)}">'


def _closed(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    heading = tokens[index].meta["heading"]
    if heading.level == 1:
        return "</h1>\n"
    label = escape(f"Link to “{heading.title}”")
    return f'</h{heading.level}><a class="anchor" href="#{escape(heading.anchor)}" aria-label="{label}">#</a></div>\n'


def _uncommented(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    content = tokens[index].content
    return "" if content.lstrip().startswith("<!--") else escape(content)


def _table(*_: object) -> str:
    return '<div class="wide" role="group" tabindex="0" aria-label="Table"><table>\n'


def _table_end(*_: object) -> str:
    return "</table></div>\n"


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark").enable("table")
    rules: Mapping[str, Any] = {
        "fence": _code,
        "code_block": _code,
        "heading_open": _opened,
        "heading_close": _closed,
        "html_block": _uncommented,
        "html_inline": _uncommented,
        "table_open": _table,
        "table_close": _table_end,
    }
    for name, rule in rules.items():
        made.add_render_rule(name, rule)
    return made


PARSER = _parser()
