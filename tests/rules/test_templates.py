"""Templates: what they may say, refused where it could fail; and what comes out, in either direction of writing."""

import re
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.money import Money
from domain.notifications.rules.framing import TooLong
from domain.notifications.rules.language import ESCAPING, PLAIN, fault_of, in_html, in_text
from domain.notifications.rules.letters import LINE
from domain.notifications.rules.notices import TO_STAFF_ALONE, Notice, Personal
from domain.notifications.rules.personal import PersonalFacts, said_personally
from domain.notifications.rules.saying import NAMES, VARIABLES, Facts, said
from domain.notifications.rules.speech import KINDS, LANGUAGES, Speech, Wording, speech, wording

NASTY = "<script>alert(1)</script> & \"Ada\" 'Obi'"
EMPTY = dict.fromkeys(NAMES, "")


def spoken(tag: str) -> Speech:
    found = speech(tag)
    assert found
    return found


def facts(notice: Notice = Notice.CONFIRMED, **more: object) -> Facts:
    given: dict[str, object] = {
        "notice": notice,
        "business": "Salon",
        "customer": "Ada",
        "service": "Cut",
        "starts_at": datetime(2026, 3, 15, 13, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 15, 13, 30, tzinfo=UTC),
        "timezone": "Africa/Lagos",
        "reference": "bkg_1",
        **more,
    }
    return Facts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("{{ custmer }}", 1, "custmer"),
        ("fine\n\n{{ nobody }}", 3, "nobody"),
        ("{% if nobody %}x{% endif %}", 1, "nobody"),
        ("{% if customer %}{{ nobody }}{% endif %}", 1, "nobody"),
        ("{{ customer.__class__ }}", 1, "only names"),
        ("{{ customer['x'] }}", 1, "only names"),
        ("{{ customer() }}", 1, "only names"),
        ("{{ customer.upper() }}", 1, "only names"),
        ("{% for each in customer %}{% endfor %}", 1, "only names"),
        ("{{ customer * 9 }}", 1, "only names"),
        ("{{ 'x' * 999999999 }}", 1, "only names"),
        ("{% set customer = 1 %}", 1, "only names"),
        ("fine\n{% autoescape false %}{{ customer }}{% endautoescape %}", 2, "only names"),
        ("{% include 'x' %}", 1, "only names"),
        ("{% macro x() %}{% endmacro %}", 1, "only names"),
        ("{{ [customer] }}", 1, "only names"),
        ("{{ 9 }}", 1, "only text"),
        ("{{ customer | safe }}", 1, "filter"),
        ("{{ customer | format(1) }}", 1, "filter"),
        ("{{ customer | upper(1) }}", 1, "filter"),
        ("{{ customer if customer > 'a' }}", 1, "compare"),
        ("{% if customer %}", 1, "end"),
        ("{{ customer", 1, "end"),
        ("a\n{{ }}", 2, "Expected"),
        ("{% if customer %}" * 30 + "{% endif %}" * 30, 1, "nested too deep"),
    ],
)
def test_what_could_fail_when_it_is_sent_is_refused_with_its_place(source: str, line: int, why: str) -> None:
    found = fault_of(source, NAMES)
    assert found is not None
    assert found.line == line
    assert why in found.why


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ customer }}", "Ada"),
        ("{{ customer | upper }} {{ customer | lower | title }}", "ADA Ada"),
        ("{% if note %}x{% elif customer == 'Ada' %}y{% else %}z{% endif %}", "y"),
        ("{{ 'to ' ~ customer if customer and not note else 'nobody' }}", "to Ada"),
        ("{# nothing #}{% if customer != 'Bo' or note %}ok{% endif %}", "ok"),
    ],
)
def test_what_can_be_said(source: str, shown: str) -> None:
    assert fault_of(source, NAMES) is None
    assert in_text(source, EMPTY | {"customer": "Ada"}) == shown


def test_what_was_taken_can_be_filled_with_nothing_at_all() -> None:
    for kind, language in product(KINDS, LANGUAGES):
        for source in (wording(kind, language).subject, wording(kind, language).text, wording(kind, language).html):
            assert fault_of(source, NAMES) is None
            assert in_text(source, EMPTY) is not None


def test_values_are_escaped_where_html_would_take_them_for_itself() -> None:
    assert in_html("<p>{{ note }}</p>", EMPTY | {"note": NASTY}).count("<") == 2
    assert in_text("{{ note }}", EMPTY | {"note": NASTY}) == NASTY
    for source in ("{{ note | upper }}", "{{ note | title }}", "{{ note ~ '<' }}", "{{ note | e }}"):
        assert "<" not in in_html(source, EMPTY | {"note": NASTY})


def test_nothing_of_the_outside_can_be_reached() -> None:
    assert not PLAIN.globals
    assert not ESCAPING.globals
    assert fault_of("{{ cycler }}", NAMES) is not None


@pytest.mark.parametrize(
    ("notice", "tag"), [*product(sorted(set(Notice) - TO_STAFF_ALONE), ("en", "en-GB", "ar", "ar-EG"))]
)
def test_our_own_words_say_everything_that_is_known(notice: Notice, tag: str) -> None:
    told = said(
        facts(notice, note=NASTY, manage_url="https://x/m", pay_url="https://x/p", price=Money(450_000, "NGN")),
        spoken(tag),
        wording(notice.value, spoken(tag).language),
    )
    assert "4,500.00" in told.text
    assert ("https://x/p" if notice is Notice.AWAITING_PAYMENT else "https://x/m") in told.text
    assert "<script>" not in told.html
    assert f'dir="{"rtl" if tag.startswith("ar") else "ltr"}"' in told.html
    assert "\n" not in told.subject
    assert not re.search(r"{[{%]|None", told.text + told.html)


@pytest.mark.parametrize(("notice", "language"), [*product(Personal, LANGUAGES)])
def test_words_about_accounts_say_everything_that_is_known(notice: Personal, language: str) -> None:
    known = PersonalFacts(
        notice=notice,
        house="AionBooking",
        name="Ada",
        link="https://x/account#t",
        until=datetime(2026, 3, 15, 13, tzinfo=UTC),
        business="Salon",
        invited_by="Bo",
        role="staff",
        host="hooks.example",
        reason="gone",
    )
    told = said_personally(known, spoken(language))
    assert ("hooks.example" if notice is Personal.ENDPOINT_DISABLED else "https://x/account#t") in told.text
    assert not re.search(r"{[{%]|None", told.text + told.html)


def test_styles_stand_where_mail_programs_read_them_and_the_dark_ones_remain() -> None:
    told = said(facts(), spoken("en"), wording("confirmed", "en"))
    assert 'style="margin' in told.html
    assert "prefers-color-scheme: dark" in told.html
    assert "http" not in told.html, "nothing is fetched from anywhere"


def test_times_are_told_in_the_zone_of_the_booking_as_the_place_writes_them() -> None:
    def hours(tag: str) -> str:
        words = Wording(subject="x", text="{{ date }} {{ hours }}", html="x")
        return said(facts(), spoken(tag), words).text.replace("\u202f", " ").strip()

    assert hours("en") == "Sunday, March 15, 2026 2:00 PM \u2013 2:30 PM (West Africa Standard Time)"
    assert hours("en-GB") == "Sunday, 15 March 2026 14:00 \u2013 14:30 (West Africa Standard Time)"
    assert hours("ar-EG") == "الأحد، 15 مارس 2026 2:00 م \u2013 2:30 م (توقيت غرب أفريقيا الرسمي)"


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [(450_000, "NGN", "NGN4,500.00"), (1234, "USD", "$12.34"), (500, "JPY", "¥500"), (1234, "KWD", "KWD1.234")],
)
def test_money_has_the_decimals_of_its_currency(amount: int, currency: str, shown: str) -> None:
    assert spoken("en").money(Money(amount, currency)).replace("\xa0", "") == shown


def test_a_place_without_words_is_none() -> None:
    assert [speech(tag) for tag in ("fr", "xx-YY", "en-", "e", "english")] == [None] * 5


def test_a_subject_stays_on_one_line_whatever_it_is_made_of() -> None:
    words = Wording(subject="{{ note }}", text="x", html="x")
    assert said(facts(note="a\r\nBcc: b" + "c" * 999), spoken("en"), words).subject.startswith("a Bcc: b")
    assert len(said(facts(note="c" * 999), spoken("en"), words).subject) == LINE


def test_every_variable_says_what_it_stands_for() -> None:
    assert all(VARIABLES.values())
    said(facts(), spoken("en"), Wording(subject="x", text="".join(f"{{{{ {each} }}}}" for each in NAMES), html="x"))


PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "if",
    "endif",
    "else",
    "customer",
    "note",
    "|",
    "upper",
    "==",
    "~",
    "'",
    '"',
]
WILD = st.lists(st.sampled_from([*PIECES, "(", ")", "-", ".", "9" * 5000, " ", "\n", "safe", "x", "<b>", "not", "for"]))


@given(WILD.map("".join))
@example("{#")
@example("{{ " + "9" * 5000 + " }}")
def test_whatever_was_taken_can_be_filled(source: str) -> None:
    if fault_of(source, NAMES) is None:
        in_text(source, EMPTY)
        in_html(source, EMPTY | {"customer": NASTY})


def test_styles_that_make_no_sense_are_sent_as_they_are() -> None:
    words = Wording(subject="x", text="x", html="<p style=':::;;x'>{{ customer }}</p>")
    assert "<p style=':::;;x'>Ada</p>" in said(facts(), spoken("en"), words).html


def test_the_styles_of_a_business_are_not_written_into_each_of_its_tags() -> None:
    own = "<style>p { color: red; background: url('" + "x" * 18_000 + "'); }</style>"
    html = said(facts(), spoken("en"), Wording(subject="x", text="x", html=own + "<p>{{ customer }}</p>" * 80)).html
    assert html.count("color: red") == 1
    assert html.count('<p style="margin: 0 0 16px;">') == 80, "ours are"
    assert len(html) < 30_000


@pytest.mark.parametrize("part", ["text", "html"])
def test_what_gets_longer_than_mail_programs_show_is_not_written(part: str) -> None:
    words = Wording(**{"subject": "x", "text": "x", "html": "x", part: "{{ note }}" * 201})  # type: ignore[arg-type]
    said(facts(note="n"), spoken("en"), words)
    with pytest.raises(TooLong):
        said(facts(note="n" * 500), spoken("en"), words)
