"""Signatures of providers' webhooks: over the raw bytes, in constant time, with any of several secrets.

Several, because a secret that is rotated stays good until the last event that it signed has come.
"""

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256, sha512

TOLERANCE = 300
"""Seconds by which the time of a Stripe signature may differ from ours, either way."""
LONGEST = 4096
DIGITS = 12


def signed_by_stripe(body: bytes, header: str, secrets: Iterable[str], *, now: int) -> bool:
    """Tell whether `Stripe-Signature` (`t=…,v1=…`, of v1 there may be several) is of one of *secrets*, and of now.

    Whatever is wrong with the header: it is not signed.
    """
    at, signatures = _read(header)
    if at is None or abs(now - int(at)) > TOLERANCE:
        return False
    payload = at.encode() + b"." + body
    return _is_any(signatures, (hmac.digest(secret.encode(), payload, sha256).hex() for secret in secrets))


def signed_by_paystack(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Tell whether `x-paystack-signature` is of one of the secret keys. It has no time: a replay is known by its event."""
    return _is_any([header.lower()], (hmac.digest(secret.encode(), body, sha512).hex() for secret in secrets))


def _read(header: str) -> tuple[str | None, Sequence[str]]:
    if len(header) > LONGEST:
        return None, ()
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= DIGITS):
        return None, ()
    return times[0], [value for name, _, value in parts if name == "v1"]


def _is_any(signatures: Sequence[str], expected: Iterable[str]) -> bool:
    """Compare all with all, so that the time tells nothing."""
    found = False
    for each in expected:
        for signature in signatures:
            found |= hmac.compare_digest(each.encode(), signature.encode("utf-8", "replace"))
    return found
