"""Search: every passage of the guides, every operation and every problem, found by the words in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from web.manual.guides import guides, written
from web.manual.markdown import plain
from web.manual.operations import Operation
from web.problems import PROBLEMS

MOST = 40
LONGEST = 200
"""Characters of a question that are looked at."""
WORDS = 8
"""Words of it: each is looked for in every entry, and whoever asks has no token."""
AROUND = 90
WORD = re.compile(r"[\w-]+")
WEIGHTS = (("title", 8), ("heading", 6), ("text", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What can be found, and where it is."""

    kind: str
    title: str
    heading: str
    url: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What was found: an entry, and the piece of its text around the first of the words."""

    entry: Entry
    excerpt: Markup


def entries(operations: Sequence[Operation]) -> Sequence[Entry]:
    """Return all that can be found."""
    return [*_passages(), *map(_operation, operations), *_problems()]


def found(known: Sequence[Entry], question: str) -> Sequence[Hit]:
    """Return the entries in which every word of a question occurs, the best first."""
    words = [*dict.fromkeys(word.casefold() for word in WORD.findall(question[:LONGEST]))][:WORDS]
    if not words:
        return []
    rated = [(_rate(entry, words), entry) for entry in known]
    best = sorted((each for each in rated if each[0]), key=lambda each: -each[0])[:MOST]
    return [Hit(entry=entry, excerpt=_excerpt(entry.text, words)) for _, entry in best]


def _rate(entry: Entry, words: Sequence[str]) -> int:
    """Return how well an entry answers; 0 when a word is not in it."""
    rates = [sum(_weigh(entry, name, weight, word) for name, weight in WEIGHTS) for word in words]
    return sum(rates) if all(rates) else 0


def _weigh(entry: Entry, name: str, weight: int, word: str) -> int:
    text: str = getattr(entry, name).casefold()
    if word not in text:
        return 0
    return weight * (2 if re.search(rf"\b{re.escape(word)}\b", text) else 1)


def _excerpt(text: str, words: Sequence[str]) -> Markup:
    pattern = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    first = pattern.search(text)
    start = max(first.start() - AROUND, 0) if first else 0
    piece = text[start : start + 2 * AROUND]
    cut = f"{'…' if start else ''}{piece}{'…' if start + len(piece) < len(text) else ''}"
    marked, end = Markup(), 0
    for match in pattern.finditer(cut):
        marked += escape(cut[end : match.start()]) + Markup("<mark>{}</mark>").format(match[0])
        end = match.end()
    return marked + escape(cut[end:])


def _passages() -> Iterator[Entry]:
    for guide in guides().values():
        for passage in written(guide.file).passages:
            heading = passage.heading
            if heading and (passage.text or heading.level > 1):
                within = heading.level > 1
                yield Entry(
                    kind=guide.section,
                    title=guide.title,
                    heading=heading.title if within else "",
                    url=f"{guide.url}#{heading.anchor}" if within else guide.url,
                    text=passage.text,
                )


def _operation(each: Operation) -> Entry:
    line = f"{each.method} {each.path}".strip()
    return Entry(kind="API", title=each.name, heading=line, url=each.url, text=f"{each.title}. {each.text}")


def _problems() -> Iterator[Entry]:
    for code, sort in PROBLEMS.items():
        yield Entry(
            kind="Problem", title=sort.title, heading=code, url=f"/problems/{code}", text=plain(sort.explanation)
        )
