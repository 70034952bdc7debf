"""The manual in the browser: whole without scripts, led to by links that lead somewhere, and calling nobody else."""

import re
from collections.abc import Mapping
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from markup import Page

from config.settings import ROOT, settings
from web.manual.guides import FOLDER
from web.openapi import Api
from web.problems import PROBLEMS

HOST = "http://localhost"
LIGHT, DARK = 0, 1
STYLE = "/static/manual-3/manual.css"
CONTRAST = 4.5
"""WCAG 2, AA, for text."""


@pytest.fixture(scope="module")
def pages(app: Api) -> Mapping[str, Page]:
    """Return every page that links lead to from the front door; each link must lead somewhere."""
    client, found, seen, waiting = app.test_client(), {}, {"/"}, ["/"]
    while waiting:
        path = waiting.pop()
        with client.get(path, headers={"Accept": "text/html"}) as answer:
            assert answer.status_code == 200, path
            if answer.mimetype != "text/html":
                continue
            found[path] = page = Page(answer.text)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
            assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        new = {ours(path, each) for each in page.leads | page.loads} - seen - {""}
        seen |= new
        waiting += sorted(new)
    return found


def ours(page: str, address: str) -> str:
    """Return where an address of a page leads within this server; nothing when it leads out of it."""
    whole = urldefrag(urljoin(HOST + page, address)).url
    return whole.removeprefix(HOST) if whole.startswith(HOST + "/") else ""


def test_links_lead_from_the_front_door_to_every_guide_noun_and_problem(pages: Mapping[str, Page], app: Api) -> None:
    guides = {f"/docs/{file.relative_to(FOLDER).with_suffix('')}" for file in FOLDER.rglob("*.md")} - {"/docs/README"}
    nouns = {f"/docs/api/{tag['name']}" for tag in app.api_doc["tags"]}
    problems = {f"/problems/{code}" for code in PROBLEMS}
    assert guides | nouns | problems <= pages.keys()


def test_no_page_loads_anything_from_another_host_or_from_within_its_markup(pages: Mapping[str, Page]) -> None:
    for path, page in pages.items():
        assert [each for each in page.loads if not each.startswith("/")] == [], path
        assert page.inline == [], path


def test_the_files_of_the_pages_name_no_other_host_and_write_no_markup(
    pages: Mapping[str, Page], client: FlaskClient
) -> None:
    files = {each for page in pages.values() for each in page.loads if each.startswith("/static/")}
    assert len(files) >= 4
    for file in files - {"/static/manual-3/icon.svg"}:
        with client.get(file) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert not re.search(r"https?://|url\(|@import|innerHTML|insertAdjacentHTML|document\.write", answer.text)


def test_what_leads_out_of_the_server_is_a_link_that_is_clicked(pages: Mapping[str, Page]) -> None:
    out = {each for page in pages.values() for each in page.leads if "//" in each}
    assert out
    assert [each for each in out if not each.startswith("https://")] == []


def test_every_link_to_a_place_within_a_page_finds_it(pages: Mapping[str, Page]) -> None:
    lost = [
        (path, each)
        for path, page in pages.items()
        for each in page.leads
        if urldefrag(each).fragment and (to := ours(path, each)) in pages
        if urldefrag(each).fragment not in pages[to].ids
    ]
    assert lost == []


def test_every_page_can_be_heard_and_worked_with_a_keyboard(pages: Mapping[str, Page]) -> None:
    for path, page in pages.items():
        assert page.language == "en", path
        assert (page.tags["h1"], page.tags["main"], page.tags["title"]) == (1, 1, 1), path
        assert len(page.ids) == len(set(page.ids)), path
        assert page.fields <= page.labelled, path
        assert page.text.index('href="#content"') < page.text.index("<header"), path
        assert page.tags["pre"] == len(re.findall(r'<pre [^>]*tabindex="0"', page.text)), path


def test_every_page_has_a_title_of_its_own(pages: Mapping[str, Page]) -> None:
    titles = [re.search("<title>(.+?)</title>", page.text)[1] for page in pages.values()]  # type: ignore[index]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/docs/tutorial/first-booking", "/docs/api/bookings", "/problems/invalid"]
)
def test_whoever_has_a_page_is_not_sent_it_again(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    head = client.head(path)
    assert (again.status_code, again.data) == (304, b"")
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", first.headers["ETag"])
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/docs/nothing", "/docs/api/nothing", "/problems/nothing", "/docs/../README.md", "/docs/how-to"]
)
def test_people_are_told_on_a_page_what_programs_are_told_in_a_problem(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    problem = client.get(path)
    assert page.status_code == problem.status_code == 404
    assert "There is no such page" in page.text
    assert problem.get_json()["code"] == "not_found"


def test_the_mailbox_is_offered_where_there_is_one(client: FlaskClient) -> None:
    assert 'href="/mailbox"' in client.get("/").text


def colours(css: str, theme: int) -> dict[str, str]:
    blocks = re.findall(r":root \{(.+?)\}", css, re.DOTALL)
    return dict(re.findall(r"--([\w-]+): (#\w+);", blocks[LIGHT] + (blocks[DARK] if theme else "")))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_all_text_stands_out_from_what_is_behind_it(client: FlaskClient, theme: int) -> None:
    with client.get(STYLE) as answer:
        found = colours(answer.text, theme)
    on_paper = {"ink", "faint", "act", "grave", "good", "change"}
    on_code = {"ink", "word", "text", "figure", "name", "aside"}
    pairs = {*((each, "paper") for each in on_paper), *((each, "code") for each in on_code)}
    pairs |= {("on-act", "act"), ("ink", "back"), ("act", "back"), ("ink", "mark")}
    assert {
        pair: contrast(*(found[each] for each in pair))
        for pair in pairs
        if contrast(*(found[each] for each in pair)) < CONTRAST
    } == {}


def test_who_wants_no_motion_is_shown_none(client: FlaskClient) -> None:
    with client.get(STYLE) as answer:
        moving = re.findall(r"^.*(?:scroll-behavior|transition|animation).*$", answer.text, re.MULTILINE)
    assert moving
    assert [line for line in moving if "prefers-reduced-motion: no-preference" not in line] == []


def test_language_models_find_every_guide_as_it_is_written(client: FlaskClient) -> None:
    with client.get("/llms.txt") as answer:
        text = answer.text
    assert text.startswith("# AionBooking\n\n> ")
    links = re.findall(r"^- \[[^]]+\]\(http://[^/]+(/[^)]+)\): .+$", text, re.MULTILINE)
    guides = {f"/docs/{file.relative_to(FOLDER)}" for file in FOLDER.rglob("*.md") if file != FOLDER / "README.md"}
    assert guides <= set(links)
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        if link in guides:
            assert answer.mimetype == "text/markdown"
            assert answer.data == (ROOT / link[1:]).read_bytes()
    assert client.get("/llms-full.txt").text.count("\n# ") > len(guides)


@pytest.mark.parametrize(
    "path", ["/docs/changelog.md", "/docs/reference/limits.md", "/docs/README.md", "/llms-full.txt"]
)
def test_links_in_markdown_lead_somewhere(client: FlaskClient, path: str) -> None:
    text = client.get(path).text.replace(settings().base_url, "")
    links = {urlsplit(link).path for link in re.findall(r"\]\(([^()\s]+)\)", text) if "://" not in link} - {""}
    answers = {link: client.get(urljoin(path, link)).status_code for link in links}
    assert answers
    assert {link: status for link, status in answers.items() if status != 200} == {}
