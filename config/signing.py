"""Signing with SECRET_KEY: what was signed under the ones of before is good still."""

import re
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, URLSafeSerializer

from config.settings import settings

WRITTEN = re.compile(r"[A-Za-z0-9_.-]+")


class Signer(URLSafeSerializer):
    """Signs JSON, and reads what it has signed.

    Reading base64 passes over whatever is none, so that a good signature could be followed by anybody's words.
    """

    def loads(self, s: str | bytes, *given: Any, **options: Any) -> Any:  # noqa: ANN401 - as its base class has it
        """Return what was signed. Raises BadData."""
        if not isinstance(s, str) or not WRITTEN.fullmatch(s):
            raise BadSignature("it has letters that we do not write")
        return super().loads(s, *given, **options)


@cache
def signer(salt: str) -> Signer:
    """Return what signs JSON for one purpose, and reads what was signed for it."""
    current, *previous = _secrets()
    return Signer([*reversed(previous), current], salt=salt)  # the last one signs


@cache
def derived(info: bytes) -> tuple[bytes, ...]:
    """Return 32 bytes for one purpose from each secret, the current one's first."""
    return tuple(HKDF(SHA256(), length=32, salt=None, info=info).derive(each.encode()) for each in _secrets())


def _secrets() -> list[str]:
    given = settings()
    return [each.get_secret_value() for each in (given.secret_key, *given.previous_secret_keys)]
