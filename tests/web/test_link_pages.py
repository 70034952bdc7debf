"""The pages that mailed links lead to: they call this server only, and run nothing but our own files."""

import re

import pytest
from flask.testing import FlaskClient

from config.links import account_link, feed_link, manage_link
from config.settings import settings

PAGES = pytest.mark.parametrize("path", ["/manage", "/account"])
FILES = ("api.js", "manage.js", "account.js", "links.css")


def text_of(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.text


@PAGES
def test_a_page_runs_our_own_files_and_calls_nobody_else(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        page, policy = answer.text, answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert set(re.findall(r"(\w+)-src '?([^';]+)", policy)) <= {
        ("default", "none"),
        *((each, "self") for each in ("script", "style", "connect")),
    }
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(each.startswith("/static/links-1/") for each in loaded)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    for each in loaded:
        text_of(client, each)


@pytest.mark.parametrize("name", FILES)
def test_their_files_name_no_other_host_and_write_no_markup(client: FlaskClient, name: str) -> None:
    text = text_of(client, f"/static/links-1/{name}")
    assert not re.search(r"https?://|innerHTML|insertAdjacentHTML|document\.write|\beval\b", text)


@PAGES
def test_every_field_of_a_page_has_its_label_and_news_are_told(client: FlaskClient, path: str) -> None:
    page = text_of(client, path)
    fields = re.findall(r'<input id="([^"]+)"', page)
    assert fields
    assert set(re.findall(r'<label for="([^"]+)"', page)) == set(fields)
    assert 'id="message" role="status" aria-live="polite"' in page
    assert '<html lang="en">' in page


def test_what_a_script_asks_for_by_name_is_on_its_page(client: FlaskClient) -> None:
    for name in ("manage", "account"):
        script, page = text_of(client, f"/static/links-1/{name}.js"), text_of(client, f"/{name}")
        asked = set(re.findall(r'byId\("([\w-]+)"\)', script))
        assert asked <= set(re.findall(r'\bid="([^"]+)"', page))


def test_a_ticket_stands_where_browsers_send_it_to_nobody() -> None:
    base = settings().base_url
    assert manage_link("T") == f"{base}/manage#T"
    assert account_link("reset_password", "T") == f"{base}/account#reset_password=T"
    assert feed_link("T") == f"{base}/feeds/T.ics"
