"""Strength: whether a secret may have been made by chance, or was written by somebody."""

from itertools import pairwise

HOW_TO_MAKE_ONE = "Make each secret by itself: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
LEAST_SORTS = 8
"""Different characters that a secret has; 32 hexadecimal digits by chance have fewer once in twenty million times."""
WORDS = (
    *("changeme", "changethis", "secret", "password", "passphrase", "example", "default", "insecure", "placeholder"),
    *("development", "production", "replace", "aionbooking", "yourkey", "qwerty", "letmein"),
)
"""None is in 64 characters by chance more often than once in ten million times."""


def weakness(secret: str) -> str | None:
    """Return what is wrong with a secret, or None when it may be one."""
    if len(set(secret)) < LEAST_SORTS:
        return f"has fewer than {LEAST_SORTS} different characters"
    if secret in (secret + secret)[1:-1]:
        return "repeats itself"
    if sum(abs(ord(after) - ord(before)) == 1 for before, after in pairwise(secret)) > len(secret) / 2:
        return "counts up or down"
    bare = "".join(filter(str.isalnum, secret.lower()))
    word = next((word for word in WORDS if word in bare), None)
    return word and f"looks like a default: it has `{word}` in it"
