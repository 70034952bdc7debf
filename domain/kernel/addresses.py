"""E-mail addresses: whose mail two of them are, though they are written in capitals or not.

Two are the same if they differ in the case of A to Z and in nothing else. What small letters are beyond those depends on
who is asked: a capital I with a dot becomes an "i" in PostgreSQL and two characters in Python, and a database that
speaks Turkish makes an i without a dot of "I". Who is counted, told or let in must not hang on that, so whatever
compares addresses folds them here.
"""

from string import ascii_lowercase, ascii_uppercase

from sqlalchemy import ColumnElement, SQLColumnExpression, func

_SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)

FOLDED = 'lower({} COLLATE "C")'
"""The same for a column in SQL that is written out: that collation knows of A to Z alone."""


def folded(address: str) -> str:
    """Return an address in the spelling that it is compared in."""
    return address.translate(_SMALL)


def folded_column(address: SQLColumnExpression[str]) -> ColumnElement[str]:
    """Return a column of addresses in that spelling, as the indexes have it."""
    return func.lower(address.collate("C"))
