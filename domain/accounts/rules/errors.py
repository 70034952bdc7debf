"""What accounts refuse; the tree that these hang in is drawn in `domain/kernel/errors.py`."""

from domain.kernel.errors import Conflict, Invalid, NotAllowed, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """The e-mail address or the password is wrong."""

    code = "invalid_credentials"


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is unknown or has expired; sign in again."""

    code = "refresh_token_invalid"


class RefreshTokenReused(Unauthenticated):
    """This refresh token was used before, so its session has been ended; sign in again."""

    code = "refresh_token_reused"


class ApiKeyInvalid(Unauthenticated):
    """The API key is unknown, or it has ended."""

    code = "api_key_invalid"


class LinkInvalid(Unauthenticated):
    """This link is unknown, was used before, was taken back or has expired; ask for another."""

    code = "link_invalid"


class OwnersOnly(NotAllowed):
    """Only an owner of the business may do that."""

    code = "owners_only"


class SessionRequired(NotAllowed):
    """An API key may not do that; sign in with e-mail address and password."""

    code = "session_required"


class BookingOnly(NotAllowed):
    """A manage link is for its one booking and for nothing else; sign in to do that."""

    code = "booking_only"


class InvitedAnother(NotAllowed):
    """The invitation is for another address than yours; ask the business to invite the one that you sign in with."""

    code = "invited_another"


class OperatorsOnly(NotAllowed):
    """Only an operator of this installation may see that."""

    code = "operators_only"


class EmailTaken(Conflict):
    """There is already a user with that e-mail address."""

    code = "email_taken"


class TooManyApiKeys(Conflict):
    """The account has {most} API keys already; revoke one, or rotate it."""

    code = "too_many_api_keys"


class ApiKeyRotated(Conflict):
    """This API key has been rotated already, and works on only until its grace is over."""

    code = "api_key_rotated"


class AlreadyMember(Conflict):
    """That user is a member of the business already."""

    code = "already_member"


class TooManyInvitations(Conflict):
    """There are {most} invitations already, {of}; wait, or revoke some."""

    code = "too_many_invitations"


class LastOwner(Conflict):
    """They are the only owner of the business; make somebody else an owner first."""

    code = "last_owner"


class UnknownUser(Invalid):
    """Nobody has registered with that e-mail address."""

    code = "unknown_user"
    pointer = "/email"


class UnprovenAddress(Invalid):
    """Whoever registered with that e-mail address has not shown yet that it is theirs; invite the address instead."""

    code = "unproven_address"
    pointer = "/email"
