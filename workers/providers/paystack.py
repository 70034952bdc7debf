"""Paystack: transactions that are paid on its own page, by HTTP alone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote

from domain.kernel.ids import Kind, shown
from domain.payments.gateway import Away, Missing, Order, ProviderError, RefundOrder, Refused, Seen, SeenRefund, Unknown
from domain.payments.rules.states import Provider, State
from workers.providers import paystack_shapes
from workers.providers.amounts import charged, given_back
from workers.providers.answers import Json, inner, moment, names, row, rows, text, words
from workers.providers.keys import KEY_REFUSED, Keys
from workers.providers.line import Answer, Line, json_object

PAGE = 50  # each transaction brings the log of its page along, and an answer has its limit
NOT_LET_IN = {401, 403}
TOO_MANY = 429
MISSING_AS = {400, 404}

NOTHING: frozenset[str] = frozenset()
CREATE = frozenset({"invalid_amount", "unsupported_currency", "invalid_email_address"})
REFUND = frozenset({"invalid_amount", "transaction_reversed", "transaction_not_paid"})
"""Codes that end a kind of call for ever."""


class Paystack:
    """An account at Paystack; see `domain.payments.gateway.Gateway`. It may be shared between threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def create(self, order: Order) -> Seen:
        """Initialize a transaction. A reference is good once: the second time it is Unknown, `duplicate_reference`."""
        asked = {
            "reference": order.key,
            "email": order.email,
            "amount": charged(Provider.PAYSTACK, order.price),
            "currency": order.price.currency,
            "metadata": names(order.payment_id, order.booking_id),
        } | ({"callback_url": order.return_url} if order.return_url else {})
        with Line(self._keys.api_base) as line:
            begun = row(self._ask(line, "POST", "/transaction/initialize", CREATE, json=asked))
        return Seen(
            ref=text(begun, "reference"),
            state=State.OPEN,
            amount=order.price.amount,
            currency=order.price.currency,
            is_live=self._keys.is_live,
            payment_id=order.payment_id,
            handover={name: text(begun, name) for name in ("authorization_url", "access_code", "reference")},
        )

    def look(self, ref: str) -> Seen:
        """Verify a transaction; refunds and disputes are asked for when it was paid."""
        with Line(self._keys.api_base) as line:
            found = row(self._ask(line, "GET", f"/transaction/verify/{quote(ref, safe='')}"))
            seen = paystack_shapes.seen(found)
            if seen.state is not State.SUCCEEDED:
                return seen
            refunds = [paystack_shapes.refund(each) for each in self._about(line, "/refund", found)]
            disputes = [paystack_shapes.dispute(each, found) for each in self._about(line, "/dispute", found)]
        return replace(seen, refunds=refunds, disputes=disputes)

    def cancel(self, ref: str) -> Seen:
        """Return a transaction as cancelled unless it was paid, or is being. Paystack cannot: the page stays open."""
        seen = self.look(ref)
        return replace(seen, state=State.CANCELED) if seen.state is State.OPEN else seen

    def refund(self, order: RefundOrder) -> SeenRefund:
        """Queue a refund. There are no keys for this: each call is one more, so look for the note before a second."""
        asked = {
            "transaction": order.ref,
            "amount": given_back(Provider.PAYSTACK, order.price),
            "merchant_note": paystack_shapes.NOTE.format(shown(Kind.REFUND, order.refund_id)),
        }
        with Line(self._keys.api_base) as line:
            found = row(self._ask(line, "POST", "/refund", REFUND, json=asked))
        return replace(paystack_shapes.refund(found), refund_id=order.refund_id)

    def between(self, since: datetime, until: datetime) -> Iterator[Seen]:
        """Yield transactions page by page, each page within a deadline of its own."""
        # The end that Paystack is told is a second late: it is inclusive there, and may be cut to seconds.
        wanted = {"from": _iso(since), "to": _iso(until + timedelta(seconds=1))}
        for number in count(1):
            with Line(self._keys.api_base) as line:
                found, is_last = self._page(line, "/transaction", wanted, number)
            for each in found:
                created = moment(each, "created_at" if words(each, "created_at") else "createdAt")
                if since <= created < until:
                    yield paystack_shapes.seen(each)
            if is_last:
                return

    def _about(self, line: Line, path: str, transaction: Json) -> Iterator[Json]:
        """Yield what is listed of a transaction, on all pages."""
        for number in count(1):
            found, is_last = self._page(line, path, {"transaction": text(transaction, "id")}, number)
            yield from (each for each in found if paystack_shapes.is_about(each, transaction))
            if is_last:
                return

    def _page(self, line: Line, path: str, wanted: Mapping[str, str], number: int) -> tuple[list[Json], bool]:
        """Return a page, and whether it is the last: by what it says about itself, or else by being empty."""
        asked = {**wanted, "perPage": str(PAGE), "page": str(number)}
        answer = self._ask(line, "GET", path, params=asked)
        found = list(rows(answer))
        pages = inner(answer, "meta").get("pageCount")
        return found, not found or (isinstance(pages, int) and number >= pages)

    def _ask(self, line: Line, method: str, path: str, final: frozenset[str] = NOTHING, **more: Any) -> Json:  # noqa: ANN401 - what requests takes
        headers = {"Authorization": f"Bearer {self._keys.secret_key}"}
        answer = line.ask(method, self._keys.api_base.rstrip("/") + path, headers, **more)
        said = json_object(answer.body)
        if answer.is_good and said is not None and said.get("status") is True:
            return said
        raise _meaning(answer, said or {}, final)


def _meaning(answer: Answer, said: Json, final: frozenset[str]) -> ProviderError:
    """Return what an answer that is no yes means to who made the call."""
    code, message = words(said, "code"), words(said, "message") or ""
    shown = code or (f"http_{answer.status}" if said or not answer.is_good else "unreadable_answer")
    if answer.status in NOT_LET_IN:
        return Away(*KEY_REFUSED)
    if answer.status == TOO_MANY:
        return Away(shown, message)
    if code == "transaction_not_found" and answer.status in MISSING_AS:
        return Missing(code, message)
    if code in final and answer.status == 400:  # noqa: PLR2004 - HTTP's
        return Refused(code, message)
    return Unknown(shown, message, answered=bool(said))


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
