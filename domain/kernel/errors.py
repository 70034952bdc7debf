"""What can be refused, and why; an error's docstring is the sentence that the caller reads.

    DomainError
    ├── NotFound                     nothing of that id that you may see
    ├── Unauthenticated              who you are is not proven
    │   ├── InvalidCredentials
    │   ├── RefreshTokenInvalid
    │   ├── RefreshTokenReused       and its session is ended
    │   ├── ApiKeyInvalid
    │   └── LinkInvalid
    ├── NotAllowed                   you may see it, but not do that
    │   ├── MembersOnly
    │   ├── AdminsOnly
    │   ├── OwnResourcesOnly
    │   ├── OwnersOnly
    │   ├── SessionRequired          an API key may not do it
    │   ├── BookingOnly              a manage link may not do it
    │   ├── InvitedAnother
    │   └── OperatorsOnly
    ├── Conflict                     the state of things forbids it
    │   ├── EmailTaken
    │   ├── TooManyApiKeys
    │   ├── ApiKeyRotated
    │   ├── AlreadyMember
    │   ├── TooManyInvitations
    │   ├── LastOwner
    │   ├── SlugTaken
    │   ├── CurrencyInUse
    │   ├── BookedElsewhere
    │   ├── Archived
    │   ├── DefaultResourceNeeded
    │   ├── StaleVersion
    │   ├── InvalidTransition
    │   ├── StillPending
    │   ├── PaymentRequired
    │   ├── AlreadyStarted
    │   ├── NotStarted
    │   ├── NotReschedulable
    │   ├── PolicyWindowClosed
    │   ├── RescheduleInProgress
    │   ├── AlreadyThere
    │   ├── PriceChanged
    │   ├── TooManyHolds
    │   ├── TooManyFeeds
    │   └── IdempotencyInFlight
    ├── FeedRestarted                where you were reading is no place any more
    ├── FeedUnsettled                it will be there in a moment
    ├── WebhooksPiledUp              so it will
    └── Invalid                      it makes no sense as asked; carries the field's JSON pointer
        ├── UnknownUser
        ├── UnprovenAddress
        ├── NonexistentLocalTime
        ├── AmbiguousLocalTime
        ├── CurrencyMismatch
        ├── DepositAbovePrice
        ├── NotAMember
        ├── ResourceInTwoRoles
        ├── OneResourceEach
        ├── RoleNeeded
        ├── TimeOffLength
        ├── PartyAboveCapacity
        ├── TooManySlots
        ├── ResourceNotOffered
        ├── AskedForNoMore
        └── IdempotencyKeyReused

Codes are stable and carry no HTTP: `web/problems.py` maps each to a status. Those that one room alone can raise are
defined among its rules.
"""

from inspect import cleandoc
from typing import ClassVar, Self


class DomainError(Exception):
    """Something was refused."""

    code: ClassVar[str]

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(cleandoc(type(self).__doc__ or "").format(**facts))


class NotFound(DomainError):
    """There is no {what} with that id."""

    code = "not_found"


class Unauthenticated(DomainError):
    """This needs a valid access token or API key, sent as `Authorization: Bearer …`."""

    code = "unauthenticated"


class NotAllowed(DomainError):
    """You may see this but not do that with it."""

    code = "forbidden"


class MembersOnly(NotAllowed):
    """Only a member of the business may do that."""

    code = "members_only"


class AdminsOnly(NotAllowed):
    """Only an owner or an admin of the business may do that."""

    code = "admins_only"


class OwnResourcesOnly(NotAllowed):
    """Staff may do that only where they are the resource that serves."""

    code = "own_resources_only"


class Conflict(DomainError):
    """The present state does not allow that."""

    code = "conflict"


class SlugTaken(Conflict):
    """There is already a business with the slug {slug}."""

    code = "slug_taken"


class StaleVersion(Conflict):
    """It has changed since you read it (it is at version {version} now); read it again."""

    code = "stale_version"


class InvalidTransition(Conflict):
    """A booking that is {status} cannot become {wanted}."""

    code = "invalid_transition"


class StillPending(Conflict):
    """The booking is still pending; wait until it is decided (GET it with ?wait=10)."""

    code = "still_pending"


class PaymentRequired(Conflict):
    """The booking awaits its payment and is confirmed by that."""

    code = "payment_required"


class AlreadyStarted(Conflict):
    """The booking has already started; only a member of the business may change it now."""

    code = "already_started"


class NotStarted(Conflict):
    """The booking has not started; whether it took place can be said from its start on, at {starts_at}."""

    code = "not_started"


class NotReschedulable(Conflict):
    """The booking cannot be rescheduled: it is {why}."""

    code = "not_reschedulable"


class PolicyWindowClosed(Conflict):
    """It is too late to move the booking for free; only a member of the business may do so now."""

    code = "policy_window_closed"


class RescheduleInProgress(Conflict):
    """The booking is being rescheduled already; wait until that is decided (GET it with ?wait=10)."""

    code = "reschedule_in_progress"


class PriceChanged(Conflict):
    """The price is {amount} {currency} now, not the amount you expected."""

    code = "price_changed"


class TooManyHolds(Conflict):
    """You have {held} bookings here that await their place, approval or payment, and may have {limit}."""

    code = "too_many_holds"


class IdempotencyInFlight(Conflict):
    """A request with this Idempotency-Key is being worked on; try again in a moment."""

    code = "idempotency_in_flight"


class Invalid(DomainError):
    """The request makes no sense as asked."""

    code = "invalid"
    pointer: str = ""

    def at(self, pointer: str) -> Self:
        """Return this, said of another field than usual."""
        self.pointer = pointer
        return self


class NonexistentLocalTime(Invalid):
    """{local} does not exist in {timezone}: the clocks skip it on that day."""

    code = "nonexistent_local_time"
    pointer = "/time"


class AmbiguousLocalTime(Invalid):
    """{local} happens twice in {timezone} on that day; send `fold` 0 for the first or 1 for the second."""

    code = "ambiguous_local_time"
    pointer = "/time"


class PartyAboveCapacity(Invalid):
    """A party of {party} is more than the {capacity} that this service takes at a time."""

    code = "party_above_capacity"
    pointer = "/party"


class ResourceNotOffered(Invalid):
    """That resource does not offer this service."""

    code = "resource_not_offered"
    pointer = "/resource_id"


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used with another request; use a new key for a new request."""

    code = "idempotency_key_reused"
