"""Sealing: secrets of others are kept encrypted (AES-256-GCM), under a key that is derived from SECRET_KEY.

What is sealed is bound to whom it is of, so that it cannot be moved to another row. When SECRET_KEY is changed, what the
previous ones sealed can be read as long as they are named.
"""

import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.settings import settings

VERSION = b"\x01"
NONCE = 12


class Unreadable(Exception):
    """It was sealed under none of the SECRET_KEYs, or for another owner, or it was changed."""


def seal(plain: str, owner: bytes) -> bytes:
    """Return *plain* encrypted for its *owner*."""
    nonce = os.urandom(NONCE)
    return (
        VERSION
        + nonce
        + _cipher_of(settings().secret_key.get_secret_value()).encrypt(nonce, plain.encode(), VERSION + owner)
    )


def unseal(sealed: bytes, owner: bytes) -> str:
    """Return what was sealed for *owner*. Errors: Unreadable."""
    for secret in (settings().secret_key, *settings().previous_secret_keys):
        found = _opened(_cipher_of(secret.get_secret_value()), sealed, owner)
        if found is not None:
            return found
    raise Unreadable


def resealed(sealed: bytes, owner: bytes) -> bytes:
    """Return what was sealed for *owner* as the present SECRET_KEY seals it: as it is, if that did. Errors: Unreadable."""
    plain, present = unseal(sealed, owner), _cipher_of(settings().secret_key.get_secret_value())
    return seal(plain, owner) if _opened(present, sealed, owner) is None else sealed


def _opened(cipher: AESGCM, sealed: bytes, owner: bytes) -> str | None:
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], sealed[:1] + owner).decode()
    except (InvalidTag, ValueError):
        return None


@cache
def _cipher_of(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), length=32, salt=None, info=b"sealed secrets").derive(secret.encode()))
