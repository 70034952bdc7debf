"""Tickets: good for one thing under one key, and worth nothing once anything of them is another."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.rules import Purpose, ticket, token_named
from domain.kernel.ids import Kind, new_id
from domain.kernel.tickets import is_good, named, written

KEYS = (b"k" * 32,)
ONE = new_id()


@given(value=st.uuids(), about=st.text(max_size=20), key=st.binary(min_size=32, max_size=32))
def test_a_ticket_names_what_it_was_written_for_and_is_good_for_it(value: UUID, about: str, key: bytes) -> None:
    made = written(Kind.BOOKING, value, about, keys=(key,))
    assert named(Kind.BOOKING, made) == value
    assert is_good(Kind.BOOKING, value, about, made, keys=(key,))


@given(at=st.integers(min_value=0, max_value=73), put=st.sampled_from("abcxyz0123456789_-AZ"))
def test_a_ticket_with_one_character_changed_is_no_ticket(at: int, put: str) -> None:
    made = written(Kind.BOOKING, ONE, "1", keys=KEYS)
    other = made[:at] + put + made[at + 1 :]
    value = named(Kind.BOOKING, other)
    assert (value is not None and is_good(Kind.BOOKING, value, "1", other, keys=KEYS)) == (other == made)


def test_a_ticket_is_for_one_kind_one_id_one_state_and_one_key() -> None:
    made = written(Kind.BOOKING, ONE, "1", keys=KEYS)
    assert named(Kind.ACCOUNT_TOKEN, made) is None
    assert not is_good(Kind.BOOKING, new_id(), "1", made, keys=KEYS)
    assert not is_good(Kind.BOOKING, ONE, "2", made, keys=KEYS)
    assert not is_good(Kind.BOOKING, ONE, "1", made, keys=(b"j" * 32,))
    moved = written(Kind.ACCOUNT_TOKEN, ONE, "1", keys=KEYS).replace("act_", "bkg_")
    assert not is_good(Kind.BOOKING, ONE, "1", moved, keys=KEYS)


def test_a_ticket_outlives_the_key_that_it_was_signed_with() -> None:
    before, now = b"k" * 32, b"j" * 32
    made = written(Kind.BOOKING, ONE, "1", keys=(before,))
    assert is_good(Kind.BOOKING, ONE, "1", made, keys=(now, before))
    assert written(Kind.BOOKING, ONE, "1", keys=(now, before)) == written(Kind.BOOKING, ONE, "1", keys=(now,))


@pytest.mark.parametrize(
    "text", ["", "bkg_", "bkg_" + "0" * 26, "bkg_" + "8" * 26 + "_" + "a" * 43, "x" * 5000, "ä_" * 36]
)
def test_what_cannot_be_a_ticket_names_nothing(text: str) -> None:
    assert named(Kind.BOOKING, text) is None


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("other", Purpose)
def test_an_account_ticket_is_for_its_purpose_only(purpose: Purpose, other: Purpose) -> None:
    assert token_named(ticket(ONE, purpose, keys=KEYS), other, keys=KEYS) == (ONE if purpose is other else None)
