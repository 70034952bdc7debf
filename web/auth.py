"""Authentication: HS256 access tokens and API keys, and the session or key that must still be there at each request.

Every route needs a caller unless it is declared `public`. One who comes by a booking's manage link is let through to
routes that are declared `for_guests`, and to no other.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from flask import Flask, current_app, g, request
from flask_jwt_extended import JWTManager, create_access_token
from jwt import InvalidSignatureError, InvalidTokenError, PyJWTError, decode_complete

from config.clock import clock
from config.logging import log
from config.settings import settings
from config.transaction import AWAY, Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import (
    ACCESS_LIFE,
    BookingClaims,
    Claims,
    Evidence,
    KeyClaims,
    KeyInUse,
    KeyProof,
    Principal,
    key_read,
)
from domain.accounts.rules.errors import BookingOnly
from domain.bookings import service as bookings
from domain.kernel.errors import Unauthenticated
from domain.kernel.ids import Kind, parsed, shown
from web import limits
from web.bearers import token_shown

ALGORITHM = "HS256"
ISSUER = "aionbooking"
AUDIENCE = "aionbooking-api"
TYPE = "at+jwt"  # RFC 9068
GUEST_LIFE = timedelta(hours=1)
KEY = f"{Kind.API_KEY.value}_"  # no JWT begins so
REQUIRED = frozenset({"iss", "aud", "sub", "sid", "exp", "iat", "jti"})

REMEMBERED = 10_000

_good: set[KeyProof] = set()

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Declare that *view* answers callers who are not signed in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def for_guests(view: View) -> View:
    """Declare that *view* answers also who has a manage link, about that booking; what it calls sees to the latter."""
    view.is_for_guests = True  # type: ignore[attr-defined]
    return view


def caller() -> Principal:
    """Return who is asking, read once for each request. Raises Unauthenticated."""
    if "principal" not in g:
        now = clock()
        try:
            g.principal = _recognised(now)
        except Unauthenticated:
            limits.count_wrong_token()
            raise
        if g.principal.key and g.principal.key.is_due(now):
            _note_use(g.principal.key, now)
    found: Principal = g.principal
    return found


def access_token(claims: Claims | KeyClaims) -> str:
    """Return a signed access token, good for 24 hours or until its session or its key ends."""
    return _signed(shown(Kind.USER, claims.user_id), _sid(claims), ACCESS_LIFE)


def booking_token(claims: BookingClaims) -> str:
    """Return a signed access token for one booking, good for an hour or until its manage link ends."""
    return _signed(shown(Kind.BOOKING, claims.booking_id), str(claims.manage_no), GUEST_LIFE)


def _signed(subject: str, sid: str, life: timedelta) -> str:
    token: str = create_access_token(
        subject,
        additional_claims={"sid": sid},
        additional_headers={"typ": TYPE, "kid": _key_id(_current_key())},
        expires_delta=life,
    )
    return token


def register(app: Flask) -> None:
    """Make *app* ask for a token on every route that is not public."""
    app.config.update(
        JWT_SECRET_KEY=_current_key(),
        JWT_ALGORITHM=ALGORITHM,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=AUDIENCE,
        JWT_COOKIE_CSRF_PROTECT=False,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(seconds=ACCESS_LIFE.total_seconds()),
    )
    JWTManager(app)
    app.before_request(_authenticate)


def _authenticate() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view and request.method != "OPTIONS" and not getattr(view, "is_public", False):
        limits.count(caller())
        is_guest = caller().booking_id is not None
        if is_guest and not getattr(view, "is_for_guests", False):
            raise BookingOnly


def _recognised(now: datetime) -> Principal:
    evidence = _evidence()
    # Whether it is a key only the database can tell; a token's signature does, and so does that it was one before.
    if isinstance(evidence, KeyProof) and evidence not in _good:
        limits.refuse_guesses()
    with reading() as session:
        found = _principal(session, evidence, now)
    if isinstance(evidence, KeyProof):
        _remember(evidence)
    return found


def _remember(proof: KeyProof) -> None:
    """Know a key again that was good: whoever guesses beside it, from the same address, is not to keep it out."""
    if proof not in _good and len(_good) >= REMEMBERED:
        _good.clear()
    _good.add(proof)


def _principal(session: Session, evidence: Evidence | BookingClaims, now: datetime) -> Principal:
    if isinstance(evidence, BookingClaims):
        return bookings.guest(session, evidence, now=now)
    return accounts.principal(session, evidence, now=now)


def _note_use(key: KeyInUse, now: datetime) -> None:
    """Note when a key was last used, after the transaction that told who asks: a nicety that must not cost the answer."""
    try:
        with transaction() as session:
            accounts.note_use(session, key.id, now=now)
    except AWAY as error:
        log.warning("the use of an API key was not noted", exc_info=error)


def _evidence() -> Evidence | BookingClaims:
    token = token_shown()
    if token is None:
        raise Unauthenticated
    if not token.startswith(KEY):
        return _claims(token)
    proof = key_read(token)
    if proof is None:
        raise Unauthenticated
    return proof


def _claims(token: str) -> Claims | KeyClaims | BookingClaims:
    try:
        data = _opened(token)
    # A header nested thousands deep exhausts the JSON parser before any signature is checked.
    except (PyJWTError, ValueError, RecursionError) as error:
        raise Unauthenticated from error
    subject, sid = str(data["sub"]), str(data["sid"])
    user_id, booking_id = parsed(Kind.USER, subject), parsed(Kind.BOOKING, subject)
    if booking_id and sid.isdecimal():
        return BookingClaims(booking_id=booking_id, manage_no=int(sid))
    session_id, key_id = parsed(Kind.SESSION, sid), parsed(Kind.API_KEY, sid)
    if user_id and session_id:
        return Claims(user_id=user_id, session_id=session_id)
    if user_id and key_id:
        return KeyClaims(user_id=user_id, key_id=key_id)
    raise Unauthenticated


def _opened(token: str) -> Mapping[str, Any]:
    """Return what an access token says, decoded once. Raises PyJWTError unless it is ours, whole, and good by now.

    No header is believed before its signature is: the key is not looked up by it, but must be the one that it names.
    """
    for key in _keys():
        with suppress(InvalidSignatureError):
            found = decode_complete(token, key, [ALGORITHM], audience=AUDIENCE, issuer=ISSUER)
            header: Mapping[str, Any] = found["header"]
            data: Mapping[str, Any] = found["payload"]
            if header.get("kid") == _key_id(key) and _is_whole(header, data):
                return data
    raise InvalidTokenError


def _is_whole(header: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    # PyJWT checks each claim that is there, and asks for few of them: not even for `exp`.
    is_access = header.get("typ") == TYPE and data.get("type") == "access"
    return is_access and all(data.get(name) for name in REQUIRED)


def _sid(claims: Claims | KeyClaims) -> str:
    if isinstance(claims, Claims):
        return shown(Kind.SESSION, claims.session_id)
    return shown(Kind.API_KEY, claims.key_id)


def _keys() -> Iterator[str]:
    """Yield the keys of tokens that are good, the current one first."""
    for secret in (settings().jwt_secret_key, *settings().jwt_previous_secret_keys):
        yield secret.get_secret_value()


def _current_key() -> str:
    return next(_keys())


@cache
def _key_id(key: str) -> str:
    return hmac.digest(key.encode(), b"kid", "sha256").hex()[:16]
