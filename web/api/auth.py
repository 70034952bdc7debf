"""Signing up, in and out. These answers hold secrets, so none is stored under an Idempotency-Key, and none is cached."""

from flask import Response, request

from config.clock import clock
from config.transaction import transaction
from domain.accounts import service as accounts
from domain.accounts.rules import Registration, password_hash, proven
from domain.kernel.errors import RefreshTokenReused
from web.answers import shown
from web.auth import caller, public
from web.openapi import noun, operation
from web.schemas.auth import LoginRequest, RefreshRequest, RegisterRequest, TokenView, UserView

auth = noun("auth", "Sign up, sign in, stay signed in, sign out. An `Idempotency-Key` is ignored here.")


@operation(auth.post, "/register", success={201: TokenView}, problems=("email_taken",))
@public
def register(body: RegisterRequest) -> Response:
    """Register a user with an account of their own, and sign them in."""
    new = Registration(
        email=body.email,
        password_hash=password_hash(body.password),
        name=body.name,
        user_agent=request.headers.get("User-Agent"),
    )
    with transaction() as session:
        grant = accounts.register(session, new, now=clock())
    return shown(TokenView.of(grant), status=201, headers={"Location": "/api/auth/me"}).response()


@operation(auth.post, "/login", success={200: TokenView}, problems=("invalid_credentials",))
@public
def login(body: LoginRequest) -> Response:
    """Sign in with e-mail address and password."""
    with transaction() as session:
        known = accounts.credentials(session, body.email)
    proof = proven(known, body.password)
    with transaction() as session:
        grant = accounts.login(session, proof, request.headers.get("User-Agent"), now=clock())
    return shown(TokenView.of(grant)).response()


@operation(auth.post, "/refresh", success={200: TokenView}, problems=("refresh_token_invalid", "refresh_token_reused"))
@public
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


@operation(auth.post, "/logout", success={204: None})
def logout() -> Response:
    """End the session; its access tokens and refresh tokens stop working at once."""
    with transaction() as session:
        accounts.logout(session, caller(), now=clock())
    return Response(status=204)


@operation(auth.get, "/me", success={200: UserView})
def me() -> Response:
    """Show the signed-in user."""
    with transaction() as session:
        profile = accounts.profile(session, caller().user_id)
    return shown(UserView.of(profile)).response()
