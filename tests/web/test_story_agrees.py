"""The examples of the document agree with one another: they tell one story, each of one point of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from test_answer_examples import answers, examples

Told = Mapping[str, Any]

IN_ORDER = (
    *(("created_at", then) for then in ("updated_at", "decided_at", "finished_at", "settled_at", "sent_at")),
    *(("created_at", then) for then in ("expires_at", "hold_expires_at", "archived_at", "revoked_at", "due_at")),
    ("received_at", "finished_at"),
    ("starts_at", "ends_at"),
    ("since", "until"),
)
UNVERSIONED = {
    "api_key": "last_used_at",
    "reschedule": "decided_at",
    "reconciliation": "finished_at",
    "webhook_delivery": "finished_at",
    "provider_event": "finished_at",
}
"""What has no version tells its points apart by when it was used, or over."""


def shown() -> Iterator[tuple[str, Told]]:
    """Yield every object within the examples of answers, with the operation and the status."""
    for each in answers():
        _, _, _, answer = each.values
        for content in answer.get("content", {}).values():
            yield from ((str(each.id), told) for example in examples(content) for told in _objects(example))


def _objects(example: object) -> Iterator[Told]:
    if isinstance(example, dict):
        yield example
    if isinstance(example, dict | list):
        for each in example.values() if isinstance(example, dict) else example:
            yield from _objects(each)


def contradictions(told: Sequence[tuple[str, Told]]) -> list[object]:
    """Return what is said otherwise of one thing at the same point, or of later versions at an earlier time."""
    points: dict[tuple[object, ...], tuple[str, Told]] = {}
    times: dict[tuple[object, ...], list[tuple[int, str, str]]] = defaultdict(list)
    found: list[object] = []
    for where, each in told:
        if "id" not in each or "object" not in each:
            continue
        thing = each["object"], each["id"]
        point = (*thing, each.get("version"), each.get(UNVERSIONED.get(each["object"], ""), ""))
        before, first = points.setdefault(point, (where, each))
        found += [
            (before, where, field, first[field], each[field])
            for field in first.keys() & each.keys()
            if first[field] != each[field]
        ]
        if "version" in each and "updated_at" in each:
            times[thing].append((each["version"], each["updated_at"], where))
    for thing, versions in times.items():
        ranked = sorted(versions)
        found += [(thing, *pair) for pair in pairwise(ranked) if _at(pair[0][1]) > _at(pair[1][1])]
    return found


def late(each: Told) -> list[tuple[str, str]]:
    """Return pairs of an object's times that are not in their order."""
    both = [(first, then) for first, then in IN_ORDER if each.get(first) and each.get(then)]
    return [(first, then) for first, then in both if _at(each[first]) > _at(each[then])]


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written)


SHOWN = list(shown())


def test_a_thing_is_told_the_same_wherever_it_is_shown_at_one_point() -> None:
    assert contradictions(SHOWN) == []


def test_what_is_later_is_told_as_later() -> None:
    assert [(where, each.get("object"), pair) for where, each in SHOWN for pair in late(each)] == []


def test_a_booking_is_as_long_as_its_service_and_money_goes_back_of_what_came() -> None:
    lengths, paid, back = (
        {
            _at(each["ends_at"]) - _at(each["starts_at"])
            for _, each in SHOWN
            if each.get("object") in {"booking", "reschedule"}
        },
        {each["amount"]["amount"] for _, each in SHOWN if each.get("object") == "payment"},
        {each["amount"]["amount"] for _, each in SHOWN if each.get("object") == "refund"},
    )
    services = {each["duration_minutes"] * 60 for _, each in SHOWN if each.get("object") == "service"}
    assert {each.total_seconds() for each in lengths} == services
    assert max(back) <= min(paid)


def test_what_contradicts_itself_is_found() -> None:
    told = {"object": "booking", "id": "x", "version": 2, "updated_at": "2026-03-10T17:30:00Z", "status": "confirmed"}
    assert contradictions([("a", told), ("b", {**told, "status": "cancelled"})])
    assert contradictions([("a", told), ("b", {**told, "version": 1, "updated_at": "2026-03-10T17:31:00Z"})])
    assert contradictions([("a", told), ("b", {**told, "version": 3})]) == []
    assert late({"created_at": "2026-03-10T17:30:00+01:00", "updated_at": "2026-03-10T16:29:59Z"})
