"""Markdown becomes pages that hold nothing but what was written."""

import re

import pytest

from config.settings import ROOT
from domain.bookings.rules import NEXT
from web.manual.guides import guides, written
from web.manual.markdown import inline, plain, rendered


def html(text: str) -> str:
    return str(rendered(text, lambda link: link).html)


def test_html_is_shown_as_text_and_comments_are_left_out() -> None:
    assert (
        html("<script>alert(1)</script>\n\na <b>b</b>\n")
        == "&lt;script&gt;alert(1)&lt;/script&gt;\n<p>a &lt;b&gt;b&lt;/b&gt;</p>\n"
    )
    assert html("<!-- made -->\n\n# A\n") == '<h1 id="a">A</h1>\n'
    assert "javascript:" not in re.findall(r'href="([^"]*)"', html("[x](javascript:alert(1))"))


def test_a_heading_has_the_anchor_that_repositories_give_it() -> None:
    found = rendered("# T\n\n## Who `may` do it?\n\n## Again\n\n## Again\n", lambda link: link)
    assert [each.anchor for each in found.headings] == ["t", "who-may-do-it", "again", "again-1"]
    assert 'href="#again-1" aria-label="Link to “Again”"' in found.html


def test_code_is_in_colours_by_classes_and_can_be_scrolled_by_keyboard() -> None:
    found = html('```json\n{"a": 1}\n```\n')
    assert '<pre tabindex="0" role="group" aria-label="Code, JSON"><code>' in found
    assert re.search('<span class="nt">[^<]*a[^<]*</span>', found)
    assert "style=" not in found


@pytest.mark.parametrize("language", ["", "nothing-known", "sh"])
def test_code_of_any_language_is_escaped(language: str) -> None:
    found = html(f"```{language}\n<a> & b\n```\n")
    assert "<a>" not in found
    assert "&lt;" in found


def test_a_cell_is_aligned_by_a_class() -> None:
    found = html("| a | b |\n|---|--:|\n| 1 | 2 |\n")
    assert '<td class="right">2</td>' in found
    assert "style=" not in found
    assert 'role="group" tabindex="0"' in found


def test_a_diagram_of_states_is_a_table_of_every_move() -> None:
    found = str(written(guides()["reference/booking-states"].file).html)
    rows = re.findall(r'<tr><th scope="row"><code>(\w+)</code></th><td>(.+?)</td></tr>', found)
    told = {before: set(re.findall(r"<code>(\w+)</code>", after)) for before, after in rows}
    assert told == {before.value: {each.value for each in moves} for before, moves in NEXT.items() if moves}


def test_a_line_of_the_document_keeps_its_code_and_loses_its_html() -> None:
    assert inline("`a` <b>") == "<code>a</code> &lt;b&gt;"
    assert plain("`a` of [b](c)") == "a of b"


def test_links_to_other_files_lead_to_their_pages() -> None:
    found = str(written(guides()["explanation/availability"].file).html)
    assert 'src="/docs/explanation/pictures/grid.svg"' in found
    assert not re.search(r'(?:href|src)="(?!/|#|https:)', found)


def test_guides_stand_in_the_order_of_their_contents() -> None:
    shelves = list(dict.fromkeys(each.shelf for each in guides().values()))
    assert shelves == ["tutorial", "how-to", "reference", "explanation", "adr", ""]
    named = re.findall(r"\]\(([\w-]+/[\w-]+)\.md\)", (ROOT / "docs/README.md").read_text())
    assert set(named) == guides().keys() - {"changelog"}, "docs/README.md leaves a page out"
