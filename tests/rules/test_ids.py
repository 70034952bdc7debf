"""Identifiers: they are ULIDs, and there is one way to write each."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from domain.kernel.ids import Kind, new_id, parsed, shown

BODY = "01k5e2v8x3q7m9n4p6r0s2t4w6"


@given(value=st.uuids())
def test_an_id_is_shown_as_a_ulid_and_read_back(value: UUID) -> None:
    text = shown(Kind.BOOKING, value)
    assert text == f"bkg_{str(ULID.from_uuid(value)).lower()}"
    assert parsed(Kind.BOOKING, text) == value


@pytest.mark.parametrize("number", [0, 1, 2**128 - 1])
def test_the_first_and_the_last_are_read_back(number: int) -> None:
    assert parsed(Kind.USER, shown(Kind.USER, UUID(int=number))) == UUID(int=number)


def test_later_ids_sort_after_earlier_ones_as_text_too() -> None:
    made = [new_id() for _ in range(100)]
    assert sorted(made) == sorted(made, key=lambda each: shown(Kind.EVENT, each))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bkg",
        "bkg_",
        BODY,
        f"usr_{BODY}",
        f"BKG_{BODY}",
        f"bkg_{BODY.upper()}",
        f"bkg_{BODY[:-1]}",
        f"bkg_{BODY}0",
        f"bkg_{BODY}\n",
        f" bkg_{BODY}",
        f"bkg__{BODY[1:]}",
        f"bkg_{BODY[:-2]}_1",
        f"bkg_+{BODY[1:]}",
        f"bkg_8{BODY[1:]}",
        *(f"bkg_{BODY[:-1]}{letter}" for letter in "ilou \u0663\uff11"),
    ],
)
def test_another_spelling_is_no_id(text: str) -> None:
    assert parsed(Kind.BOOKING, text) is None
