"""What a password costs who would guess it: read from the file, for the tests' own processes spend less."""

import runpy

from argon2 import Type

from domain.accounts.rules import passwords


def test_a_hash_takes_19_mebibytes_and_two_passes_everywhere_but_here() -> None:
    told = runpy.run_path(passwords.__file__)["HASHER"]
    assert (told.type, told.memory_cost, told.time_cost, told.parallelism) == (Type.ID, 19456, 2, 1)
    assert (told.salt_len, told.hash_len) == (16, 32)
    assert passwords.HASHER.memory_cost < told.memory_cost
