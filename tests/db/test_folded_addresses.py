"""E-mail addresses: the database takes two for one exactly when the program does."""

import secrets
import sys

from sqlalchemy import literal, select, text

from config.clock import clock
from config.transaction import reading, transaction
from domain.accounts import queries
from domain.accounts import service as accounts
from domain.accounts.rules import Registration
from domain.kernel.addresses import FOLDED, folded, folded_column
from tests.builders import UNUSABLE_HASH

EVERY_LETTER = "".join(chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
CAPITALS = ["KIM", "Kim", "kiM"]
OTHERS = {"a dotted capital": "k\u0130m", "no dot": "k\u0131m", "kelvin": "\u212aim", "a dot above": "ki\u0307m"}


def test_of_all_letters_a_to_z_alone_are_folded_and_by_both_alike() -> None:
    with reading() as session:
        by_column = session.scalar(select(folded_column(literal(EVERY_LETTER))))
        written_out = session.scalar(text(f"SELECT {FOLDED.format('CAST(:all AS text)')}"), {"all": EVERY_LETTER})
    assert by_column == written_out == folded(EVERY_LETTER)
    assert sum(one != other for one, other in zip(EVERY_LETTER, folded(EVERY_LETTER), strict=True)) == 26


def test_somebody_is_found_by_their_address_in_any_capitals_and_by_no_other() -> None:
    rest = f".{secrets.token_hex(8)}@example.com"
    new = Registration(email=f"Kim{rest}", password_hash=UNUSABLE_HASH, name="Kim")
    with transaction() as session:
        who = accounts.register(session, new, now=clock()).claims.user_id
        found = {name: queries.user_named(session, name + rest) for name in [*CAPITALS, *OTHERS.values()]}
    assert found == dict.fromkeys(CAPITALS, who) | dict.fromkeys(OTHERS.values())
