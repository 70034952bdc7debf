"""Problems: every way a request can be refused, in one table, and the RFC 9457 answer that says so.

A route refuses by raising: a domain error where the domain decides, `Refusal` where the request itself is at fault.
`web/failures.py` turns both into answers; `/problems/<code>` explains each code to a reader.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Response, request

from config.logging import request_id
from domain.kernel.errors import DomainError, Invalid

MEDIA_TYPE = "application/problem+json"
FACTS = frozenset({"allowed", "version"})  # what a domain error knows that its reader can act on
MOST_FAULTS = 100
"""Faults that an answer lists: a body of 64 kB can have thousands, and would be answered by ten times as much."""


class Sort(NamedTuple):
    """What one code means: its HTTP status, a title that never changes, and what to do about it."""

    status: int
    title: str
    explanation: str
    retry_after: int | None = None


PROBLEMS: Mapping[str, Sort] = {
    "bad_request": Sort(400, "The request is malformed", "The request could not be read as HTTP."),
    "malformed_json": Sort(400, "The body is not the JSON we take", "Send one JSON object in UTF-8: no duplicate keys, no NaN, no NUL, no lone surrogates, at most 20 levels deep, integers of at most 64 bits."),
    "unknown_parameter": Sort(400, "There is no such query parameter", "A misspelt filter must not widen a result, so unknown query parameters are refused."),
    "repeated_parameter": Sort(400, "A query parameter is repeated", "This query parameter takes one value."),
    "invalid_cursor": Sort(400, "The cursor is not one of this list", "Take `next_cursor` from the previous page as it is, with the same filters; begin again without a cursor."),
    "invalid_idempotency_key": Sort(400, "The Idempotency-Key cannot be used", "Send 1 to 255 visible ASCII characters, such as a UUID."),
    "unauthenticated": Sort(401, "Sign in first", "Send `Authorization: Bearer` with the access token of sign-in, or with an API key; it may have expired, or its session or key may have ended."),
    "invalid_credentials": Sort(401, "The e-mail address or the password is wrong", "Check both; which one is wrong is not told."),
    "refresh_token_invalid": Sort(401, "The refresh token cannot be used", "It is unknown or has expired, or its session has ended; sign in again."),
    "refresh_token_reused": Sort(401, "The refresh token was used before", "Each refresh token works once. Its session has been ended in case the token was stolen; sign in again."),
    "api_key_invalid": Sort(401, "The API key cannot be used", "It is mistyped or unknown, it has been revoked, or it was rotated and its grace is over."),
    "link_invalid": Sort(401, "The link cannot be used", "It is mistyped or unknown, it was used before, it was taken back, or it has expired; ask for another."),
    "forbidden": Sort(403, "You may not do that", "You may see this, but not do that with it."),
    "members_only": Sort(403, "Only members of the business may do that", "Ask an owner or admin of the business to do it or to make you a member."),
    "admins_only": Sort(403, "Only owners and admins of the business may do that", "Ask one of them to do it, or to make you an admin."),
    "own_resources_only": Sort(403, "Staff may do that only on their own resources", "Ask an owner or admin of the business to do it, or to link the resource to you."),
    "owners_only": Sort(403, "Only owners of the business may do that", "Ask one of them to do it."),
    "session_required": Sort(403, "An API key may not do that", "Sign in with e-mail address and password, and use that access token: a key that has leaked must not be able to do it."),
    "booking_only": Sort(403, "A manage link is for its one booking", "Sign in to do anything else."),
    "invited_another": Sort(403, "The invitation is for another address", "Sign in with the address that it was sent to, or ask to be invited by the one that you sign in with."),
    "customers_only": Sort(403, "Only the customer of the booking may say that", "It is for whom the booking is made: by the booking's manage link, or signed in with an address that is proven."),
    "operators_only": Sort(403, "Only operators of the installation may see that", "An operator is made with `flask users operator`, on the server."),
    "not_found": Sort(404, "There is nothing here that you may see", "The address or the id is wrong, or it belongs to somebody else."),
    "unknown_template": Sort(404, "There is no template of that kind or language", "`detail` lists the kinds and the languages that there are."),
    "no_own_template": Sort(404, "The business has no template of its own there", "Ours is used: there is nothing to take away."),
    "method_not_allowed": Sort(405, "This address does not take that method", "The `Allow` header lists the methods that it takes."),
    "conflict": Sort(409, "The present state does not allow that", "Read the object again to see its state."),
    "email_taken": Sort(409, "That e-mail address is registered already", "Sign in with it, or register another."),
    "too_many_api_keys": Sort(409, "The account has as many API keys as it may have", "Revoke one that is not needed, or rotate one."),
    "api_key_rotated": Sort(409, "That API key has been rotated already", "Rotate the key that took its place, or revoke this one."),
    "already_member": Sort(409, "That user is a member already", "Change their role instead."),
    "too_many_invitations": Sort(409, "There are too many invitations", "Wait until some are accepted, or revoke some; one user invites an address five times an hour, and a hundred times a day in all, at most."),
    "last_owner": Sort(409, "A business keeps at least one owner", "Make somebody else an owner first."),
    "slug_taken": Sort(409, "That slug is taken", "Choose another slug, or leave it out to have one made."),
    "currency_in_use": Sort(409, "The currency is in use", "A business keeps its currency once a service has a price or a booking was made."),
    "booked_elsewhere": Sort(409, "Bookings to come have other resources", "Move or cancel them first, or make another service."),
    "archived": Sort(409, "It is archived", "What is archived changes no more; make another instead."),
    "default_resource_needed": Sort(409, "The business's own resource is needed", "Say which other resources offer the services that no other active one is said to offer, or archive those services; then archive it."),
    "nothing_due": Sort(409, "Nothing is to be paid", "Read the booking: it may be paid, free, not decided yet, or at its end."),
    "payment_processing": Sort(409, "A payment is being processed", "Wait for what becomes of it: GET the payment with `?refresh=true`."),
    "payment_in_review": Sort(409, "Money came that does not match", "The business has to accept it or give it back first."),
    "provider_not_offered": Sort(409, "The business takes no payments that way", "Choose another provider, or pay the business itself."),
    "hold_expiring": Sort(409, "The place is held for too short a time to pay", "Book again."),
    "not_refundable": Sort(409, "The payment cannot be refunded", "Only what was paid can be given back, and what is in review is decided first."),
    "refund_too_large": Sort(409, "More than is left of the payment", "Refund what is left at most; leave the amount out to refund just that."),
    "not_in_review": Sort(409, "There is nothing to decide", "Only a payment in `review` is accepted or given back."),
    "not_countable": Sort(409, "Money in another currency cannot count", "Give it back at the provider, and end the review with `refund`."),
    "not_in_attention": Sort(409, "Nobody has to see to the refund", "Only a refund in `attention` is settled by a person."),
    "refund_underway": Sort(409, "The provider has the refund", "See at the provider what it asks for; what becomes of the refund is told from there."),
    "not_sendable": Sort(409, "No provider took that money", "Hand it back and say `handed_back`; or `drop` it, if it is not to be given back."),
    "reconciliation_running": Sort(409, "A comparison is being made already", "GET `/api/payments/reconciliation` until its `state` is another than `running`."),
    "quote_expired": Sort(409, "The quote is no longer good", "GET the cancellation quote again."),
    "account_exists": Sort(409, "There is such an account already", "Give it other keys, or close it first."),
    "other_mode": Sort(409, "The keys are of the other mode", "Test keys and live keys are two accounts: close this one and open another."),
    "currency_not_taken": Sort(409, "The provider does not take that currency", "Choose another provider, or pay the business itself."),
    "amount_not_chargeable": Sort(409, "The provider does not count so finely", "It takes some currencies in whole steps only."),
    "amount_too_small": Sort(409, "The provider does not take so little", "Pay the business itself instead."),
    "customers_or_staff_only": Sort(403, "Only its customer or who serves it may pay for a booking", "Ask one of them."),
    "not_what_is_due": Sort(422, "That is not what is due", "Send just what is due as `amount`. It may be left out, but for the rest after a deposit."),
    "signing_secret_needed": Sort(422, "The webhooks' signing secret is needed", "Send Stripe's `whsec_…` in `webhook_secrets`."),
    "invalid_signature": Sort(400, "The signature is not the provider's", "It is made over the raw body with a secret of the account; Stripe's is good for five minutes."),
    "invalid_transition": Sort(409, "That status cannot be reached from here", "`allowed` lists the statuses that can be reached."),
    "still_pending": Sort(409, "The booking is not decided yet", "Wait until it is: GET the booking with `?wait=10`."),
    "payment_required": Sort(409, "The booking awaits its payment", "It is confirmed by its payment."),
    "already_started": Sort(409, "The booking has started", "Only a member of the business may change it now."),
    "not_started": Sort(409, "The booking has not started", "Whether a booking took place or nobody came can be said from its start on."),
    "not_reschedulable": Sort(409, "The booking cannot be rescheduled", "Only a booking that has its place, and has not ended, can be moved to another."),
    "policy_window_closed": Sort(409, "It is too late to move the booking for free", "Once cancelling would cost a fee, only a member of the business may move it."),
    "already_there": Sort(409, "The booking is at that time already", "Nothing was changed, and nobody is told. Ask for another time, or name another resource."),
    "reschedule_in_progress": Sort(409, "The booking is being rescheduled already", "Wait until that is decided: GET the booking with `?wait=10`."),
    "price_changed": Sort(409, "The price is not the one you expected", "Show the present price and ask again."),
    "too_many_holds": Sort(409, "Too many of your bookings hold a place there", "Pay for one of them or cancel one, or wait until one is approved or expires."),
    "resent_lately": Sort(409, "It was sent again just now", "Wait until ten minutes after it was; `detail` says when that is."),
    "on_its_way": Sort(409, "The message is on its way", "It is sent without being asked for again; read it again to see what became of it."),
    "too_many_calendar_feeds": Sort(409, "You have as many calendar feeds as you may have", "Revoke one that is not needed."),
    "too_many_webhook_endpoints": Sort(409, "The business has as many webhook endpoints as it may have", "Delete one that is not needed."),
    "webhook_endpoint_disabled": Sort(409, "The webhook endpoint is disabled", "Enable it first; what was not sent meanwhile can be replayed."),
    "webhook_endpoint_clearing": Sort(409, "What waited for the webhook endpoint is still being given up", "Enable it in a few seconds.", 5),
    "delivery_underway": Sort(409, "It is being sent just now", "Read the delivery again in a moment.", 1),
    "idempotency_in_flight": Sort(409, "The same request is being worked on", "Send it again in a moment, with the same Idempotency-Key.", 1),
    "in_the_past": Sort(409, "That time is over", "Choose a later time."),
    "too_soon": Sort(409, "That is too soon", "The service asks for more notice."),
    "beyond_window": Sort(409, "That is too far ahead", "The service is not open for booking that far ahead."),
    "closed_override": Sort(409, "Closed on that date", "The schedule closes that date, or opens it at other hours."),
    "outside_hours": Sort(409, "Outside the opening hours", "Read GET /api/availability for the times on offer."),
    "off_grid": Sort(409, "No slot starts at that time", "Read GET /api/availability for the times on offer."),
    "time_off": Sort(409, "Closed at that time", "The resource or the business has time off then."),
    "day_limit_reached": Sort(409, "The day is full", "The service takes no more bookings on that date."),
    "slot_taken": Sort(409, "That time has just been taken", "Choose one of the `alternatives`, or read GET /api/availability."),
    "feed_restarted": Sort(410, "The events were numbered anew", "The database was restored or moved. Read the feed again without `after`; events that you know have the ids that you know."),
    "stale_version": Sort(412, "It has changed since you read it", "Read it again and send its new ETag as `If-Match`."),
    "body_too_large": Sort(413, "The body is too large", "A JSON body may have 64 kB."),
    "unsupported_media_type": Sort(415, "The body is not JSON", "Send `Content-Type: application/json`."),
    "invalid": Sort(422, "The request makes no sense as asked", "`errors` says which fields, by JSON pointer, and why."),
    "unknown_field": Sort(422, "There is no such field", "Unknown fields are refused; `errors` names them."),
    "price_not_accepted": Sort(422, "The server computes the price", "Leave the price out; send `expected_amount` to be told of a change."),
    "unproven_address": Sort(422, "Whoever registered with that address has not proven it", "Invite the address: only who gets its mail can accept that."),
    "unknown_user": Sort(422, "Nobody has registered with that address", "Ask them to register first, and mind the spelling."),
    "nonexistent_local_time": Sort(422, "That local time does not exist", "The clocks skip it on that date; choose another."),
    "ambiguous_local_time": Sort(422, "That local time happens twice", "Send `fold` 0 for the first or 1 for the second."),
    "unknown_timezone": Sort(422, "There is no such time zone", "Use a name of the tz database, such as Africa/Lagos."),
    "unknown_currency": Sort(422, "There is no such currency", "Use an ISO 4217 code in capitals, such as NGN."),
    "currency_mismatch": Sort(422, "The business sells in another currency", "Leave the currency to the business's."),
    "deposit_above_price": Sort(422, "The deposit is more than the price", "Ask for a smaller deposit, or for a percentage."),
    "resource_in_two_roles": Sort(422, "The resource cannot fill two roles", "Name it for one of the service's roles only."),
    "one_resource_each": Sort(422, "Parties that share need the same resources", "With a capacity above 1, a service of several roles takes one resource for each role. Make a service for each set of them."),
    "role_needed": Sort(422, "That service needs several resources at once", "Say on the service, in its `requirements`, which role the resource fills."),
    "not_a_member": Sort(422, "The user is not a member of the business", "Make them a member first."),
    "time_off_length": Sort(422, "Time off cannot be that long", "It ends after it starts, and lasts five years at most."),
    "party_above_capacity": Sort(422, "The party is too large", "The service takes fewer people at a time."),
    "too_many_slots": Sort(422, "That is more than one answer holds", "Ask for fewer dates at a time, or for one resource with `resource_id`."),
    "resource_not_offered": Sort(422, "The resource does not offer the service", "Leave the resource out, or choose one that offers it."),
    "asked_for_no_more": Sort(422, "Who was asked for serves there no more", "Name others, or ask for anybody: with `resource_ids` `[]` to move a booking, with `anybody` to see where it could go."),
    "template_faulty": Sort(422, "The template cannot be used", "`errors` says where and why. A template says the names that GET lists as its `variables`, the filters upper, lower, title, capitalize, trim and e, and `{% if %}`."),
    "unknown_locale": Sort(422, "There are no words for that locale", "Use one of a language that there are words for, such as en-GB or ar-EG."),
    "url_refused": Sort(422, "Nothing can be sent to that URL", "Use https and a name on the public internet; `detail` says what is wrong."),
    "replay_too_large": Sort(422, "That is more than one replay holds", "Ask for a shorter time, and for the rest after it."),
    "idempotency_key_reused": Sort(422, "The Idempotency-Key stood for another request", "Use a new key for a new request."),
    "precondition_required": Sort(428, "Say which version you mean to change", "Read it, and send its ETag as `If-Match`; `*` means whatever it is by now."),
    "rate_limited": Sort(429, "Too many requests", "Wait as many seconds as `Retry-After` says. `RateLimit` tells on every answer how many more may come, and `RateLimit-Policy` how many within how long.", 60),
    "internal_error": Sort(500, "Something went wrong here", "It has been logged under the `request_id`."),
    "webhooks_piled_up": Sort(503, "Too many of that account's webhooks wait", "Send it again later; those that wait are looked into first.", 60),
    "unavailable": Sort(503, "The server cannot answer just now", "Try again in a moment; with the same Idempotency-Key that is safe, whether or not this request had its effect.", 2),
}  # fmt: skip


IN_QUERIES: Mapping[str, str] = {"resource_ids": "resource_id"}
"""Fields of bodies that have another name as query parameters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field or (`?name`) query parameter."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """The request is refused by the web itself, before any room of the domain is asked."""

    def __init__(self, code: str, detail: str = "", *, errors: Sequence[Fault] = ()) -> None:
        super().__init__(detail or PROBLEMS[code].explanation)
        self.code = code
        self.errors = errors

    def answer(self) -> Response:
        """Return the problem document."""
        return refused(self.code, str(self), errors=self.errors)


def refused(code: str, detail: str, *, errors: Sequence[Fault] = (), **facts: object) -> Response:
    """Return the problem of this *code*; *facts* (such as `alternatives`) must be ready for JSON."""
    sort = PROBLEMS[code]
    document: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": sort.title,
        "status": sort.status,
        "code": code,
        "detail": detail,
        "request_id": request_id(),
        **facts,
    }
    if errors:
        told = errors[:MOST_FAULTS]
        document["errors"] = [{"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in told]
        document["detail"] += _left_out(len(errors) - len(told))
    response = Response(json.dumps(document) + "\n", sort.status, content_type=MEDIA_TYPE)
    if sort.retry_after is not None:
        response.headers["Retry-After"] = str(sort.retry_after)
    if sort.status == 401:  # noqa: PLR2004 - RFC 9110: a 401 names its scheme
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer_to(error: DomainError) -> Response:
    """Return the problem that a domain error stands for; an unlisted code is a KeyError, which a test rules out."""
    detail = str(error)
    faults = [Fault(_place(error), error.code, detail)] if isinstance(error, Invalid) and error.pointer else []
    facts = {name: _plain(value) for name, value in error.facts.items() if name in FACTS}
    return refused(error.code, detail, errors=faults, **facts)


def _place(error: Invalid) -> str:
    """Return which field is at fault: rooms name it as a body has it, but who only looks has sent it in the query."""
    if request.method != "GET" or error.pointer[0] != "/":
        return error.pointer
    name = error.pointer.removeprefix("/")
    return f"?{IN_QUERIES.get(name, name)}"


def _left_out(count: int) -> str:
    return f" There {'is 1 fault' if count == 1 else f'are {count} faults'} more than `errors` lists." if count else ""


def _plain(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, Collection) and not isinstance(value, str) else value
