"""What a business chooses about its messages, over the API."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.kernel.ids import Kind, shown
from tests.builders import weekday
from tests.flows.desk import Desk, desk
from tests.messages.office import HOUR, Office, an_office
from web.schemas.messages import WORDS


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with an_office(monkeypatch) as made:
        yield made


@pytest.fixture
def owner(office: Office) -> Desk:
    return desk(office.shop.owner)


def sent(
    owner: Desk, office: Office, method: str, path: str, body: object, **headers: str
) -> tuple[int, dict[str, Any]]:
    where = f"/api/businesses/{office.shop.business.slug}/{path}"
    answer = owner.client.open(where, method=method, json=body, headers=owner.signed | headers)
    return answer.status_code, answer.get_json(silent=True) or {}


def test_reminders_are_a_day_and_an_hour_before_until_somebody_says_otherwise(owner: Desk, office: Office) -> None:
    _, rules = sent(owner, office, "GET", "reminder-rules", None)
    assert [(each["notice"], each["minutes"]) for each in rules["rules"]] == [("reminder", 1440), ("reminder", 60)]
    status, changed = sent(owner, office, "PUT", "reminder-rules", {"rules": [{"notice": "reminder", "minutes": 30}]})
    assert (status, changed["version"]) == (200, rules["version"] + 1)
    assert sent(owner, office, "GET", "reminder-rules", None)[1] == changed
    office.booked(weekday(ahead=9))
    office.follow()
    assert [each.due_at for each in office.log(kind="reminder")] == [weekday(ahead=9) - HOUR / 2]


def test_a_stale_version_changes_nothing(owner: Desk, office: Office) -> None:
    stale = {"If-Match": '"v9"'}
    rules = sent(owner, office, "PUT", "reminder-rules", {"rules": []}, **stale)
    settings = sent(owner, office, "PATCH", "message-settings", {"locale": "ar"}, **stale)
    assert [(status, body["code"]) for status, body in (rules, settings)] == [(412, "stale_version")] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"rules": [{"notice": "reminder", "minutes": 0}]},
        {"rules": [{"notice": "reminder", "minutes": 60 * 24 * 61}]},
        {"rules": [{"notice": "confirmed", "minutes": 60}]},
        {"rules": [{"notice": "reminder", "minutes": 60, "channel": "pigeon"}]},
        {"rules": [{"notice": "reminder", "minutes": 60}] * 2},
        {"rules": [{"notice": "reminder", "minutes": each} for each in range(1, 12)]},
    ],
)
def test_rules_that_make_no_sense_are_refused(owner: Desk, office: Office, body: object) -> None:
    assert sent(owner, office, "PUT", "reminder-rules", body)[0] == 422


def test_another_businesss_service_is_not_there(owner: Desk, office: Office) -> None:
    other = {"service_id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6", "rules": []}
    status, body = sent(owner, office, "PUT", "reminder-rules", {"rules": [], "services": [other]})
    assert (status, body["code"]) == (404, "not_found")


def test_what_is_not_sent_stays_as_it_is(owner: Desk, office: Office) -> None:
    sent(owner, office, "PATCH", "message-settings", {"locale": "ar-EG", "reply_to": "Desk@Example.com"})
    _, settings = sent(owner, office, "PATCH", "message-settings", {"staff_notices": ["cancelled"]})
    assert settings == {
        "object": "message_settings",
        "locale": "ar-EG",
        "sender_name": None,
        "reply_to": "Desk@example.com",
        "staff_notices": ["cancelled"],
        "staff_addresses": [],
        "tells_who_serves": False,
        "version": 3,
    }
    assert sent(owner, office, "PATCH", "message-settings", {"staff_notices": ["cancelled"]})[1]["version"] == 3


def test_a_language_without_words_is_refused(owner: Desk, office: Office) -> None:
    status, body = sent(owner, office, "PATCH", "message-settings", {"locale": "fr"})
    assert (status, body["code"]) == (422, "unknown_locale")


def test_own_words_are_used_from_then_on_and_ours_again_afterwards(owner: Desk, office: Office) -> None:
    place = "message-templates/confirmed/en"
    ours = sent(owner, office, "GET", place, None)[1]
    status, own = sent(owner, office, "PUT", place, WORDS)
    assert (status, own["is_own"], ours["is_own"]) == (200, True, False)
    office.booked()
    office.post()
    (mail,) = office.mails()
    assert mail["Subject"].startswith("See you on ")
    assert sent(owner, office, "DELETE", place, None)[0] == 204
    assert sent(owner, office, "GET", place, None)[1] == ours
    assert sent(owner, office, "DELETE", place, None)[0] == 404


@pytest.mark.parametrize(
    ("part", "source", "told"),
    [
        ("text", "Hello\n{{ custmer }}", "Line 2: there is no variable named custmer; perhaps it is customer."),
        ("html", "{{ xyzzy }}", "Line 1: there is no variable named xyzzy; use one of the `variables` that are listed"),
        ("text", "Hello\n\n{% if note %}", "Line 3: Unexpected end of template"),
        ("subject", "{{ note | safe }}", "there is no filter named safe, or it takes nothing in brackets; use one"),
        (
            "html",
            "<p>Hello</p>\n<script>x</script>",
            "Line 2: <script> is nothing that a mail program shows; delete it.",
        ),
        ("html", "<p\nonclick='x'>Hello</p>", "Line 1: no mail program runs what onclick says; delete it."),
        ("text", "Hello\n{% autoescape false %}x{% endautoescape %}", "Line 2: only names"),
        ("html", "Hello\n" + "{{ details }}\n" * 500, "at which mail programs cut it off; shorten it, or say fewer"),
        ("text", "Hello\n" + "{{ details }}\n" * 800, "at which mail programs cut it off; shorten it, or say fewer"),
    ],
)
def test_what_is_wrong_with_a_template_is_told_by_place_line_and_remedy(
    owner: Desk, office: Office, part: str, source: str, told: str
) -> None:
    broken = {"subject": "x", "text": "x", "html": "x", part: source}
    saved = sent(owner, office, "PUT", "message-templates/confirmed/en", broken)
    asked = {"kind": "confirmed", "locale": "en", "template": broken}
    previewed = sent(owner, office, "POST", "message-templates/preview", asked)
    for (status, problem), pointer in ((saved, f"/{part}"), (previewed, f"/template/{part}")):
        assert (status, problem["code"]) == (422, "template_faulty")
        assert told in problem["detail"]
        assert [each["pointer"] for each in problem["errors"]] == [pointer]
        assert re.match(r"Line \d+: .+; .+", problem["detail"])
    assert sent(owner, office, "GET", "message-templates/confirmed/en", None)[1]["is_own"] is False


def test_the_line_at_which_a_message_gets_too_long_is_told(owner: Desk, office: Office) -> None:
    long = {"subject": "x", "text": "x\n" * 9 + "{{ details }}" * 800 + "\nx" * 9, "html": "x"}
    _, told = sent(owner, office, "PUT", "message-templates/confirmed/en", long)
    assert told["detail"].startswith("Line 10: the message gets longer than 100000 letters")


@pytest.mark.parametrize(
    ("method", "which", "told"),
    [
        ("GET", "confirmd/en", "no template for confirmd in en. Kinds: received, "),
        ("PUT", "confirmed/fr", "no template for confirmed in fr. Kinds: received, "),
        ("GET", "confirmed/en-GB", "no template for confirmed in en-GB. Kinds: received, "),
        ("DELETE", "Confirmed/en", "no template for Confirmed in en. Kinds: received, "),
        ("DELETE", "confirmed/en", "no template of its own for confirmed in en; ours is used."),
    ],
)
def test_what_there_is_no_template_for_is_told_with_what_there_is(
    owner: Desk, office: Office, method: str, which: str, told: str
) -> None:
    status, problem = sent(owner, office, method, f"message-templates/{which}", WORDS if method == "PUT" else None)
    code = "unknown_template" if "Kinds" in told else "no_own_template"
    assert (status, problem["code"]) == (404, code)
    assert told in problem["detail"]
    assert ("Languages: ar, en." in problem["detail"]) == ("Kinds" in told)


def test_where_long_names_make_too_much_of_a_businesss_words_ours_are_sent(owner: Desk, office: Office) -> None:
    chatty = {"subject": "Own", "text": "{{ note }}" * 300, "html": "x"}
    assert sent(owner, office, "PUT", "message-templates/cancelled/en", chatty)[0] == 200
    for note in ("Ill", "Ill. " * 99):
        office.cancel(office.booked(), by=office.shop.owner, note=note)
    office.post()
    told = [mail["Subject"] for mail in office.mails()]
    assert len([each for each in told if each == "Own"]) == 1
    assert len([each for each in told if each.startswith("Cancelled")]) == 1


def test_every_template_can_be_previewed_in_every_language(owner: Desk, office: Office) -> None:
    _, listed = sent(owner, office, "GET", "message-templates", None)
    assert {each["language"] for each in listed["data"]} == {"ar", "en"}
    assert "customer" in listed["variables"]
    for each in listed["data"]:
        asked = {"kind": each["kind"], "locale": each["language"]}
        status, told = sent(owner, office, "POST", "message-templates/preview", asked)
        assert status == 200
        assert office.shop.business.name in told["text"] + told["html"]


def test_what_is_chosen_is_an_event(owner: Desk, office: Office) -> None:
    sent(owner, office, "PATCH", "message-settings", {"locale": "ar"})
    sent(owner, office, "PUT", "reminder-rules", {"rules": []})
    sent(owner, office, "PUT", "message-templates/confirmed/en", WORDS)
    sent(owner, office, "DELETE", "message-templates/confirmed/en", None)
    kinds = ["message_settings.changed", "reminder_rules.changed", "message_template.changed"]
    office.follow()
    business_id = shown(Kind.BUSINESS, office.shop.business.id)
    query = {"business_id": business_id, "types": [*kinds, "message_template.removed"]}
    events = owner.client.get("/api/events", query_string=query, headers=owner.signed).get_json()["data"]
    assert [each["type"] for each in events] == [*kinds, "message_template.removed"]
    assert {each["subject"]["id"] for each in events} == {business_id}
