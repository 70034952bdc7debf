"""Guides: the pages of docs/, in the order in which docs/README.md names them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import ROOT
from web.manual import markdown
from web.manual.markdown import Rendered

FOLDER = ROOT / "docs"
CONTENTS = FOLDER / "README.md"
CHANGES = ROOT / "CHANGELOG.md"
SHELVES: Mapping[str, str] = {
    "tutorial": "Learn",
    "how-to": "Do",
    "reference": "Look up",
    "explanation": "Understand",
    "adr": "Decisions",
    "": "Changes",
}
NAMED = re.compile(r"\]\(([\w./-]+\.md)\)")
TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
LINK = re.compile(r"(?<=\]\()[^()\s]+(?=\))")
SENTENCE = re.compile(r".+?[.?](?=\s|$)")
ACCEPTED = "Accepted."
"""What each decision begins with, which says nothing of it."""
PICTURES = frozenset({".svg", ".png"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One page: its file, its address below `/docs/`, and what it is called."""

    file: Path
    path: str
    title: str

    @property
    def url(self) -> str:
        """Return where it is shown; its Markdown is there, too, with `.md` behind."""
        return f"/docs/{self.path}"

    @property
    def shelf(self) -> str:
        """Return the folder it is in."""
        return self.path.rpartition("/")[0]

    @property
    def section(self) -> str:
        """Return what the shelf is called."""
        return SHELVES[self.shelf]

    @property
    def summary(self) -> str:
        """Return its first sentence."""
        first = next((text for text in written(self.file).paragraphs if text != ACCEPTED), "")
        found = SENTENCE.match(first)
        return found[0] if found else first


@cache
def guides() -> Mapping[str, Guide]:
    """Return every guide by its path, in order; those that the contents do not name come last."""
    named = [FOLDER / name for name in NAMED.findall(CONTENTS.read_text(encoding="utf-8"))]
    others = [file for file in sorted(FOLDER.rglob("*.md")) if file != CONTENTS]
    files = sorted(dict.fromkeys([*named, *others]), key=_place)
    found = [_guide(file, file.relative_to(FOLDER).with_suffix("").as_posix()) for file in files]
    return {each.path: each for each in [*found, _guide(CHANGES, "changelog")]}


def shelves() -> Sequence[tuple[str, Sequence[Guide]]]:
    """Return the guides of each shelf, with its title."""
    return [(SHELVES[shelf], list(each)) for shelf, each in groupby(guides().values(), key=lambda guide: guide.shelf)]


def neighbours(guide: Guide) -> tuple[Guide | None, Guide | None]:
    """Return the guides before and after one."""
    order = list(guides().values())
    at = order.index(guide)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


@cache
def written(file: Path) -> Rendered:
    """Return a page of docs/ made into HTML; that is done once."""
    return markdown.rendered(file.read_text(encoding="utf-8"), lambda link: _address(file, link))


def as_written(guide: Guide) -> str:
    """Return a guide's Markdown: as it lies there, but for the changelog, which is shown elsewhere than it lies."""
    return source(guide.file) if guide.file == CHANGES else guide.file.read_text(encoding="utf-8")


@cache
def source(file: Path) -> str:
    """Return a page of docs/ as Markdown, its links to our files as they are here: beside us they lead elsewhere."""
    return LINK.sub(lambda found: _address(file, found[0]), file.read_text(encoding="utf-8"))


@cache
def pictures() -> Mapping[str, Path]:
    """Return every picture by its path below docs/."""
    files = (file for file in FOLDER.rglob("*") if file.suffix in PICTURES)
    return {file.relative_to(FOLDER).as_posix(): file for file in files}


def _guide(file: Path, path: str) -> Guide:
    title = TITLE.search(file.read_text(encoding="utf-8"))
    return Guide(file=file, path=path, title=markdown.plain(title[1]) if title else path)


def _place(file: Path) -> int:
    return list(SHELVES).index(file.parent.relative_to(FOLDER).as_posix())


def _address(file: Path, link: str) -> str:
    """Return where a link of *file* leads in the browser, if it leads to another of our files."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return link
    target = (file.parent / parts.path).resolve()
    return parts._replace(path=_places().get(target, parts.path)).geturl()


@cache
def _places() -> Mapping[Path, str]:
    pages = {each.file: each.url for each in guides().values()}
    return {**pages, **{file: f"/docs/{path}" for path, file in pictures().items()}, CONTENTS: "/docs"}
