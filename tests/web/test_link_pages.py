"""The pages that mailed links lead to: they call this server only, and run nothing but our own files."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.links import account_link, feed_link, manage_link
from config.settings import settings
from domain.accounts.rules import Purpose, Role
from domain.bookings.rules import Status
from domain.kernel.money import Money
from domain.notifications.rules.speech import LANGUAGES, speech
from web.pages import links
from web.problems import PROBLEMS

PAGES = pytest.mark.parametrize("path", ["/manage", "/account"])
FILES = ("api.js", "manage.js", "pay.js", "words.js", "account.js", "links.css")


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
    assert all(each.startswith("/static/links-4/") for each in loaded)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", page)
    for each in loaded:
        text_of(client, each)


@pytest.mark.parametrize("name", FILES)
def test_their_files_name_no_other_host_and_write_no_markup(client: FlaskClient, name: str) -> None:
    text = text_of(client, f"/static/links-4/{name}")
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
    for name, path in (("manage", "/manage"), ("account", "/account"), ("pay", "/manage/pay")):
        script, page = text_of(client, f"/static/links-4/{name}.js"), text_of(client, path)
        asked = set(re.findall(r'byId\("([\w-]+)"\)', script))
        assert asked <= set(re.findall(r'\bid="([^"]+)"', page))


def test_a_ticket_stands_where_browsers_send_it_to_nobody() -> None:
    base = settings().base_url
    assert manage_link("T") == f"{base}/manage#T"
    assert account_link("reset_password", "T") == f"{base}/account#reset_password=T"
    assert feed_link("T") == f"{base}/feeds/T.ics"


def test_a_card_is_given_to_stripe_on_a_page_that_is_there_for_that_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = settings().model_copy(update={"environment": "production", "stripe_api_base": "http://127.0.0.1:1/stripe"})
    monkeypatch.setattr(links, "settings", lambda: real)
    answer = client.get("/manage/pay")
    policy = answer.headers["Content-Security-Policy"]
    assert '<script src="https://js.stripe.com/v3/"></script>' in answer.text
    assert {part.split("//")[-1] for part in re.findall(r"https:[^ ;]+", policy)} == {
        *("js.stripe.com", "*.js.stripe.com", "api.stripe.com", "hooks.stripe.com", "*.stripe.com")
    }
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    with client.get("/manage") as page:
        assert "stripe" not in page.headers["Content-Security-Policy"]


def test_where_stripe_is_stood_in_for_nobody_outside_is_asked(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = settings().model_copy(update={"stripe_api_base": "http://127.0.0.1:9999/stripe"})
    monkeypatch.setattr(links, "settings", lambda: local)
    answer = client.get("/manage/pay")
    assert '<script src="http://127.0.0.1:9999/stripe/stripe.js"></script>' in answer.text
    assert "script-src 'self' http://127.0.0.1:9999;" in answer.headers["Content-Security-Policy"]
    assert "stripe.com" not in answer.text + answer.headers["Content-Security-Policy"]


def wording(client: FlaskClient, **changed: object) -> TestResponse:
    body = {"locale": "en-GB", "timezone": "Africa/Lagos", "moments": [], "amounts": []}
    return client.post("/manage/wording", json=body | changed)


@pytest.mark.parametrize("tag", ["en", "en-GB", "ar", "ar-EG"])
def test_the_page_writes_moments_and_money_as_mails_do(client: FlaskClient, tag: str) -> None:
    amounts = [{"amount": 450_000, "currency": "NGN"}, {"amount": 4_500, "currency": "JPY"}]
    found = wording(client, locale=tag, moments=["2026-11-26T11:00:00Z"], amounts=amounts).get_json()
    speaks = speech(tag)
    assert speaks
    moment = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Africa/Lagos"))
    date, time, zone = speaks.date(moment), speaks.time(moment), speaks.zone(moment)
    whole = speaks.whole(moment)
    assert whole.startswith(date)
    assert whole.endswith(time)
    assert found["moments"] == [{"date": date, "time": time, "whole": whole, "zone": zone}]
    assert found["amounts"] == [speaks.money(Money(**each)) for each in amounts]


@pytest.mark.parametrize(
    "changed",
    [
        *({"locale": each} for each in ("fr", "xx-YY", "../ar")),
        *({"timezone": "Mars/Base"}, {"moments": ["noon"]}, {"amounts": [{"amount": 1, "currency": "???"}]}),
        *({"moments": ["2026-11-26T11:00:00Z"] * 301}, {"amounts": [{"amount": 1, "currency": "EUR"}] * 11}),
    ],
)
def test_only_what_a_booking_can_say_is_put_in_words(client: FlaskClient, changed: dict[str, object]) -> None:
    answer = wording(client, **changed)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"].startswith("/" + next(iter(changed)))


def words(client: FlaskClient, language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(text_of(client, f"/static/links-4/words/{language}.json"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_every_word_in_every_language_of_mails(client: FlaskClient, language: str) -> None:
    found, ours = words(client, language), words(client, "en")
    assert found.keys() == ours.keys()
    assert all(found.values())
    for name, text in ours.items():
        assert set(re.findall(r"{\w+}", found[name])) == set(re.findall(r"{\w+}", text)), name


def test_whatever_a_page_says_there_is_a_word_for(client: FlaskClient) -> None:
    scripts = "".join(text_of(client, f"/static/links-4/{name}.js") for name in ("manage", "pay", "account", "words"))
    pages = "".join(text_of(client, path) for path in ("/manage", "/manage/pay", "/account"))
    said = {*re.findall(r'data-word="(\w+)"', pages), *re.findall(r'word\("(\w+)"', scripts)}
    said |= set(re.findall(r'\? "(\w+)" : "\w+"\)', scripts)) | set(re.findall(r'\? "\w+" : "(\w+)"\)', scripts))
    said |= set(re.findall(r'(?:done|title)\("(\w+)"\)', scripts))
    purposes = dict(re.findall(r'(\w+): "(\w+)"', re.findall(r"TITLES = {(.+)}", scripts)[0]))
    said |= {*purposes.values()} | {f"again_{each}" for each in purposes} | {f"role_{each.value}" for each in Role}
    assert purposes.keys() == {each.value for each in Purpose}
    said |= {each.value for each in Status} | {"pay_by_stripe", "pay_by_paystack"}
    said |= set(re.findall(r"\bwords\.(\w+);", text_of(client, "/static/links-4/words.js")))
    problems = {name for name in words(client, "en") if name.startswith("problem_")}
    assert said == words(client, "en").keys() - problems
    assert {name.removeprefix("problem_") for name in problems} <= PROBLEMS.keys()
    assert f"const LANGUAGES = {json.dumps([*sorted(LANGUAGES, key=lambda each: each != 'en')])};" in scripts
