"""Freshness: a 304 is as good as the answer, whatever happened; and what has not changed is not sent again."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from werkzeug.test import TestResponse

from domain.availability.service import slots, upcoming
from domain.kernel.ids import Kind, shown
from tests.builders import Shop, a_booking, a_shop, a_user, decide, weekday
from tests.flows.office import Office, office
from tests.flows.turmoil import Turmoil

WHATEVER = settings(max_examples=settings().max_examples // 16, stateful_step_count=25)
THE_SAME = settings(
    WHATEVER, max_examples=100, phases=[Phase.generate], derandomize=True, database=None, report_multiple_bugs=False
)
GARBAGE = (
    *("", "x", '"', '""', '"0"', "W/", 'W/""', '"-1"', '"zz-12"', "*,", ",,,,", "'abc'", '"a-1-2"', "\t", "W/*"),
    *('"' + "0" * 32 + '-999999999999"', '"' + "0" * 32 + '"', '"0d6f-' + "9" * 300 + '"', '"\u0663"'),
)


def whatever_role(_: object, roles: dict[str, Any], *more: Any) -> str:  # noqa: ANN401 - as the real one
    return fingerprint(_, {"": [each for able in roles.values() for each in able]}, *more)


def whatever_priority(_: object, roles: dict[str, Any], *more: Any) -> str:  # noqa: ANN401 - as the real one
    same = {role: [each._replace(priority=0) for each in able] for role, able in roles.items()}
    return fingerprint(_, same, *more)


def whatever_limit(*more: Any) -> str:  # noqa: ANN401 - as the real one
    return fingerprint(*more[:3], {}, more[4])


def never(*_: object, **__: object) -> None:
    return None


def not_the_hold(*of: Any, **more: Any) -> int | None:  # noqa: ANN401 - as the real one
    return changes_at(*of, **{**more, "lapses_at": None})


def not_the_window(terms: Any, query: Any, found: Any, **more: Any) -> int | None:  # noqa: ANN401 - as the real one
    return changes_at(replace(terms, window_days=40_000), query, found, **more)


fingerprint: Callable[..., str] = slots.fingerprint
changes_at: Callable[..., int | None] = slots.changes_at
BREAKS = [
    (slots, "fingerprint", whatever_priority),
    (slots, "fingerprint", whatever_role),
    (slots, "fingerprint", whatever_limit),
    (slots, "changes_at", not_the_hold),
    (slots, "changes_at", not_the_window),
    (upcoming, "next_date", never),
]


def test_a_304_is_only_told_where_the_answer_is_the_same_and_always_where_nothing_happened() -> None:
    run_state_machine_as_test(Turmoil, settings=WHATEVER)


def test_an_answer_that_is_taken_to_be_good_for_ever_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "changes_at", never)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Turmoil, settings=THE_SAME)


@pytest.mark.long
@pytest.mark.parametrize(("where", "what", "wrong"), BREAKS, ids=lambda each: getattr(each, "__name__", str(each)))
def test_what_a_tag_forgets_would_be_found(
    monkeypatch: pytest.MonkeyPatch, where: object, what: str, wrong: object
) -> None:
    monkeypatch.setattr(where, what, wrong)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Turmoil, settings=THE_SAME)


@pytest.fixture
def shop() -> Shop:
    return a_shop(resources=2)


@pytest.fixture
def mine(shop: Shop) -> Office:
    return office(shop.owner)


def asked(mine: Office, shop: Shop, *tags: str, **query: str) -> TestResponse:
    question = {"service_id": shown(Kind.SERVICE, shop.service.id), "date": weekday().date().isoformat(), **query}
    signed = mine.signed | ({"If-None-Match": ", ".join(tags)} if tags else {})
    return mine.client.get("/api/availability", query_string=question, headers=signed)


def test_a_304_has_no_body_and_says_again_what_the_answer_said(shop: Shop, mine: Office) -> None:
    first = asked(mine, shop)
    tag = first.headers["ETag"]

    again = asked(mine, shop, tag)

    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    for name in ("Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Type" not in again.headers
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_tag_counts_when_weak_and_among_others(shop: Shop, mine: Office) -> None:
    tag = asked(mine, shop).headers["ETag"]
    for tags in ([f"W/{tag}"], ['"x"', tag], [tag, "W/x"], [f'W/"{"0" * 32}-1"', f"W/{tag}", '"x"']):
        answer = asked(mine, shop, *tags)
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag)


def test_that_there_is_an_answer_at_all_is_no_reason_to_keep_ones_own(shop: Shop, mine: Office) -> None:
    assert asked(mine, shop, "*").status_code == 200


@pytest.mark.parametrize("tag", GARBAGE)
def test_what_is_no_tag_of_ours_is_passed_over(shop: Shop, mine: Office, tag: str) -> None:
    assert asked(mine, shop, tag).status_code == 200


QUADRATIC = 20
"""Seconds of work, a hundred times what it takes, and a hundredth of what it would if each mark were looked at from each."""


def test_a_huge_list_of_tags_is_no_trouble(shop: Shop, mine: Office) -> None:
    tag = asked(mine, shop).headers["ETag"]
    for many in (
        ['"x"'] * 20_000,
        ["x" * 100_000],
        ['"' * 50_000],
        ["W/" * 50_000],
        [f'"{"0" * 32}-1"'] * 3_000,
        [" ," * 50_000],
    ):
        begun = time.process_time()
        assert asked(mine, shop, *many).status_code == 200
        assert asked(mine, shop, *many, tag).status_code in {200, 304}
        assert time.process_time() - begun < QUADRATIC


def test_everybody_is_told_the_same(shop: Shop, mine: Office) -> None:
    tag = asked(mine, shop).headers["ETag"]
    assert asked(office(a_user()), shop, tag).status_code == 304


def test_what_is_taken_elsewhere_leaves_the_tag(shop: Shop, mine: Office) -> None:
    one, other = (shown(Kind.RESOURCE, each) for each in shop.resource_ids)
    tags = [asked(mine, shop, resource_id=each).headers["ETag"] for each in (one, other)]
    a_booking(shop, weekday(), resource_ids=(shop.resource_ids[0],))
    assert [
        asked(mine, shop, tag, resource_id=each).status_code for tag, each in zip(tags, (one, other), strict=True)
    ] == [304, 304]
    decide(shop)
    assert [
        asked(mine, shop, tag, resource_id=each).status_code for tag, each in zip(tags, (one, other), strict=True)
    ] == [200, 304]


def test_other_views_of_the_same_dates_have_answers_of_their_own(shop: Shop, mine: Office) -> None:
    """A tag is good for the address it came from; sent to another, it tells nothing wrong of that."""
    listed = asked(mine, shop)
    days = asked(mine, shop, view="days")
    assert asked(mine, shop, days.headers["ETag"], view="days").status_code == 304
    assert listed.data != days.data
