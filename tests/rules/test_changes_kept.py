"""Changes as the audit log keeps them: what is told, what is cut, and what is withheld."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from domain.kernel.actions import ACTIONS
from domain.kernel.changes import LARGEST, LONGEST_TEXT, PRIVATE, fresh, gone, kept, without
from domain.kernel.ids import Kind, first_id, id_at, new_id, shown

NOW = datetime(2026, 3, 15, 13, 0, tzinfo=UTC)


def test_a_change_is_what_was_and_what_is() -> None:
    assert kept({"duration_minutes": (30, 45), "city": (None, "Lagos")}) == {
        "duration_minutes": [30, 45],
        "city": [None, "Lagos"],
    }


def test_what_is_made_has_what_was_given_and_what_is_gone_what_it_had() -> None:
    values = {"name": "Chair", "user_id": None, "priority": 0}
    assert fresh(values) == {"name": (None, "Chair"), "priority": (None, 0)}
    assert gone(values) == {"name": ("Chair", None), "priority": (0, None)}


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_what_is_private_is_told_to_have_changed_and_no_more(name: str) -> None:
    assert kept({name: ("old", "new")}) == {name: None}


def test_a_verb_can_withhold_more() -> None:
    assert kept(without({"name": ("Ada", "Bo"), "city": (None, "Lagos")}, "name")) == {
        "name": None,
        "city": [None, "Lagos"],
    }


def test_a_long_text_is_cut() -> None:
    ((before, after),) = kept({"description": ("x" * LONGEST_TEXT, "y" * (LONGEST_TEXT + 1))}).values()
    assert before == "x" * LONGEST_TEXT
    assert after == "y" * LONGEST_TEXT + "…"


def test_what_is_large_is_withheld() -> None:
    assert kept({"overrides": ({}, {"2026-03-15": [[0, 1]] * LARGEST})}) == {"overrides": None}


def test_ids_and_instants_are_as_callers_know_them() -> None:
    user = UUID(int=7)
    lagos = datetime(2026, 3, 15, 14, 0, tzinfo=timezone(timedelta(hours=1)))
    assert kept({"user_id": (None, user), "starts_at": (None, lagos)}) == {
        "user_id": [None, shown(Kind.USER, user)],
        "starts_at": [None, "2026-03-15T13:00:00Z"],
    }


def test_bytes_are_a_secret_that_nobody_has_thought_of() -> None:
    with pytest.raises(TypeError):
        kept({"sealed": (None, b"secret")})


def test_an_id_made_for_a_moment_sorts_by_it() -> None:
    before, after = NOW - timedelta(milliseconds=1), NOW + timedelta(milliseconds=1)
    assert first_id(before) <= id_at(before) < first_id(NOW) <= id_at(NOW) < first_id(after)
    assert id_at(NOW) < new_id()


def test_every_action_is_a_noun_and_what_was_done_to_it() -> None:
    assert all(len(each.split(".")) == 2 for each in ACTIONS)
