"""Signing up, in and out, and what users see and change of themselves.

Who signs in has no key of their own yet, and a request that holds a password leaves no fingerprint by which it could be
guessed: of these, one alone takes an Idempotency-Key.
"""

from flask import Response, request

from config.clock import clock
from config.transaction import Session, reading, transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Registration, password_hash, proven
from domain.accounts.rules.errors import RefreshTokenReused
from web.answers import Answer, shown
from web.auth import caller, public
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.languages import preferred
from web.limits import guessable
from web.openapi import noun, operation
from web.pagination import PageQuery, after, listed
from web.schemas.auth import (
    AccessView,
    KeyRequest,
    LoginRequest,
    MeRequest,
    MeView,
    PasswordRequest,
    RefreshRequest,
    RegisterRequest,
    SessionList,
    SessionPath,
    SessionView,
    TokenView,
)
from web.sign_ins import attempt, trust_source
from web.versions import expected_versions

auth = noun("auth", "Sign up, sign in, stay signed in, sign out. An `Idempotency-Key` counts where it is named.")


@operation(auth.post, "/register", success={201: TokenView}, problems=("email_taken",))
@public
@guessable
def register(body: RegisterRequest) -> Response:
    """Register a user with an account of their own, and sign them in.

    A link to prove the address is mailed, in the language that `Accept-Language` prefers, if there are words in it.
    """
    new = Registration(
        email=body.email,
        password_hash=password_hash(body.password),
        name=body.name,
        user_agent=request.headers.get("User-Agent"),
    )
    with transaction() as session:
        grant = accounts.register(session, new, now=clock())
        accounts.ask_for_verification(session, grant.profile, now=clock(), locale=preferred())
    trust_source(body.email)
    return shown(TokenView.of(grant), status=201, headers={"Location": "/api/auth/me"}).response()


@operation(auth.post, "/login", success={200: TokenView}, problems=("invalid_credentials",))
@public
@guessable
def login(body: LoginRequest) -> Response:
    """Sign in with e-mail address and password.

    Ten wrong passwords for an address are taken from one place within fifteen minutes, then the answer is 429.
    """
    with attempt(body.email):
        with transaction() as session:
            known = accounts.credentials(session, body.email)
        proof = proven(known, body.password)
    with transaction() as session:
        grant = accounts.login(session, proof, request.headers.get("User-Agent"), now=clock())
    return shown(TokenView.of(grant)).response()


@operation(auth.post, "/refresh", success={200: TokenView}, problems=("refresh_token_invalid", "refresh_token_reused"))
@public
@guessable
def refresh(body: RefreshRequest) -> Response:
    """Exchange a refresh token for a new pair of tokens.

    Each refresh token works once. One that is used again ends its session, except within ten seconds when none of the
    tokens given for it has been used: then the answer was lost on its way, and another is given.
    """
    with transaction() as session:
        outcome = accounts.refresh(session, body.refresh_token, now=clock())
    if isinstance(outcome, RefreshTokenReused):
        raise outcome
    return shown(TokenView.of(outcome)).response()


@operation(auth.post, "/token", success={200: AccessView}, problems=("api_key_invalid",))
@public
@guessable
def exchange_api_key(body: KeyRequest) -> Response:
    """Exchange an API key for an access token, which ends with the key. There is no refresh token: ask again."""
    with transaction() as session:
        claims, profile = accounts.exchange(session, body.api_key, now=clock())
    return shown(AccessView.of_key(claims, profile)).response()


@operation(auth.post, "/logout", success={204: None}, problems=("session_required",))
def logout() -> Response:
    """End the session; its access tokens and refresh tokens stop working at once."""
    with transaction() as session:
        accounts.logout(session, caller=caller(), now=clock())
    return Response(status=204)


@operation(auth.post, "/logout-all", success={204: None}, problems=("session_required",))
def logout_all() -> Response:
    """End every session of the user, this one too. API keys go on: revoke them one by one."""
    with transaction() as session:
        accounts.logout_all(session, caller=caller(), now=clock())
    return Response(status=204)


@operation(auth.post, "/password", success={204: None}, problems=("session_required", "invalid_credentials"))
def change_password(body: PasswordRequest) -> Response:
    """Change the password, and end every other session. API keys go on: revoke them one by one."""
    with transaction() as session:
        known = accounts.own_credentials(session, caller=caller())
    with attempt(caller().email):
        proof = proven(known, body.current_password)
    hashed = password_hash(body.new_password)
    with transaction() as session:
        accounts.change_password(session, proof, hashed, caller=caller(), now=clock())
    return Response(status=204)


@operation(auth.get, "/sessions", success={200: SessionList}, problems=("session_required", "invalid_cursor"))
def list_sessions(query: PageQuery) -> Response:
    """List the user's sessions that go on, in the order in which they began."""
    who = caller()
    with reading() as session:
        rows = accounts.sessions(session, caller=who, after=after(query), limit=query.limit + 1, now=clock())
    return listed(query, rows, view=lambda row: SessionView.of(row, who.signed_in()), key=lambda row: [str(row.id)])


@operation(auth.delete, "/sessions/<session_id>", success={204: None}, problems=("session_required",))
def end_session(path: SessionPath) -> Response:
    """End one of the user's sessions; its access tokens and refresh tokens stop working at once."""
    with transaction() as session:
        accounts.end_session(session, path.session_id, caller=caller(), now=clock())
    return Response(status=204)


@operation(auth.get, "/me", success={200: MeView})
def me() -> Response:
    """Show the signed-in user, and what they are to which business."""
    with reading() as session:
        profile = accounts.profile(session, caller().user_id)
    return shown(MeView.of_caller(profile, caller().roles)).response()


@operation(auth.patch, "/me", success={200: MeView}, problems=("stale_version",), takes=(IDEMPOTENCY_KEY, IF_MATCH))
def change_me(body: MeRequest) -> Response:
    """Change the signed-in user's name."""

    def work(session: Session) -> Answer:
        profile = accounts.rename(session, body.name, caller=caller(), versions=expected_versions(), now=clock())
        return shown(MeView.of_caller(profile, caller().roles))

    return write(work)
