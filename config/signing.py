"""Signing with SECRET_KEY: what was signed under the ones of before is good still."""

from functools import cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import URLSafeSerializer

from config.settings import settings


@cache
def signer(salt: str) -> URLSafeSerializer:
    """Return what signs JSON for one purpose, and reads what was signed for it."""
    current, *previous = _secrets()
    return URLSafeSerializer([*reversed(previous), current], salt=salt)  # the last one signs


@cache
def derived(info: bytes) -> tuple[bytes, ...]:
    """Return 32 bytes for one purpose from each secret, the current one's first."""
    return tuple(HKDF(SHA256(), length=32, salt=None, info=info).derive(each.encode()) for each in _secrets())


def _secrets() -> list[str]:
    given = settings()
    return [each.get_secret_value() for each in (given.secret_key, *given.previous_secret_keys)]
