"""A page as a browser would take it apart: its addresses, its anchors, and what stands where."""

from collections import Counter
from html.parser import HTMLParser

LEADS = {"a": "href", "form": "action"}
LOADS = {"link": "href", "script": "src", "img": "src", "iframe": "src"}


class Page(HTMLParser):
    """What a test asks about a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.leads: set[str] = set()
        self.loads: set[str] = set()
        self.inline: list[str] = []
        self.labelled: set[str] = set()
        self.fields: set[str] = set()
        self.language = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        given = {name: value or "" for name, value in attrs}
        self.tags[tag] += 1
        self.ids += [given["id"]] if "id" in given else []
        self.leads |= {given[LEADS[tag]]} if LEADS.get(tag) in given else set()
        self.loads |= {given[LOADS[tag]]} if LOADS.get(tag) in given else set()
        self.inline += [f"<{tag} {name}>" for name in given if name.startswith("on") or name == "style"]
        self.inline += [f"<{tag}>"] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.labelled |= {given["for"]} if tag == "label" else set()
        self.fields |= {given.get("id", "")} if tag in {"input", "textarea"} else set()
        self.language = given.get("lang", self.language)
