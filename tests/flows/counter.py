"""The counter: what the documents say callers are answered, whom it lets do what, and what follows in the ledger."""

from dataclasses import replace
from datetime import datetime

from tests.flows.ledger import ALLOWED, HELD, MAX_HOLDS, MOVABLE, Answer, Book, Entry, Move, Place, Sold

CUSTOMERS = ("ada", "bo")
MEMBERS = {"owner": (None, 0, 1), "anna": (0,), "idle": ()}
"""Which chairs a member serves; None: bookings that have none, and asked for none."""

PEOPLE = (*CUSTOMERS, *MEMBERS, "stranger")
VERBS = {
    "confirm": "confirmed",
    "decline": "declined",
    "cancel": "cancelled",
    "complete": "completed",
    "no_show": "no_show",
}


class Counter(Book):
    """Answers callers; what they may, it writes down."""

    def request(self, who: str, sold: Sold, place: Place, party: int) -> tuple[Answer, Entry | None]:
        """Return the answer to a request, and the new entry if it is accepted."""
        refusal = self._against(who, sold, place, party)
        if refusal:
            return refusal, None
        asked = replace(place, asked_at=self.now)
        entry = Entry(number=self.next_number(), sold=sold, by=who, party=party, asked=asked)
        self.entries.append(entry)
        return (202, "pending"), entry

    def turn(self, who: str, entry: Entry, verb: str, version: int) -> Answer:
        """Return the answer to a change of status of a version, and make it."""
        if not sees(who, entry):
            return 404, "not_found"
        if version != len(entry.lines):
            return 412, "stale_version"
        if verb != "cancel" and not serves(who, entry):
            return 403, "own_resources_only" if who in MEMBERS else "members_only"
        if verb == "cancel" and not serves(who, entry) and who != entry.by:
            return 403, "own_resources_only"
        refusal = self._refused(who, entry, verb)
        if refusal:
            return 409, refusal
        self._make(who, entry, verb)
        return 200, entry.status

    def reschedule(self, who: str, entry: Entry, place: Place) -> Answer:
        """Return the answer to a reschedule, and note that it is asked for."""
        if not sees(who, entry):
            return 404, "not_found"
        chair = entry.asked.chair if place.chair is None else place.chair
        wanted = replace(place, chair=chair, asked_at=self.now)
        refusal = self._against_move(who, entry, wanted)
        if refusal:
            return refusal
        entry.move = Move(number=self.next_number(), to=wanted)
        entry.lines.append((entry.status, entry.status))
        entry.events.append("reschedule_requested")
        return 202, entry.status

    def allowed(self, who: str, entry: Entry) -> list[str]:
        """Return what the caller may make of an entry."""
        every = ALLOWED.get(entry.shown(self.now), set())
        return sorted(every if serves(who, entry) else every & {"cancelled"})

    def _against(self, who: str, sold: Sold, place: Place, party: int) -> Answer | None:
        if party > sold.capacity:
            return 422, "party_above_capacity"
        if place.chair not in (None, *sold.chairs):
            return 422, "resource_not_offered"
        if place.waived and (refusal := _against_waiving(who, place.chair)):
            return 403, refusal
        if sold.first in HELD and who not in MEMBERS and self._holds(who) >= MAX_HOLDS:
            return 409, "too_many_holds"
        return None

    def _holds(self, who: str) -> int:
        mine = [each for each in self.entries if each.by == who]
        return sum(
            each.shown(self.now) in HELD or (each.status == "pending" and each.sold.first in HELD) for each in mine
        )

    def _refused(self, who: str, entry: Entry, verb: str) -> str | None:
        """Return what the state of an entry has against a move."""
        status, asks = entry.shown(self.now), verb in ("confirm", "decline")
        if asks and status == "pending":
            return "still_pending"
        if verb == "confirm" and status == "awaiting_payment":
            return "payment_required"
        if VERBS[verb] not in ALLOWED.get(status, ()):
            return "invalid_transition"
        if verb == "cancel" and entry.asked.start <= self.now and not serves(who, entry):
            return "already_started"
        if verb in ("complete", "no_show") and entry.asked.start > self.now:
            return "not_started"
        return None

    def _make(self, who: str, entry: Entry, verb: str) -> None:
        if verb == "cancel":
            entry.fee = 0 if serves(who, entry) else _fee(entry, self.now)
        status = entry.sold.approved if verb == "confirm" else VERBS[verb]
        entry.become(status, self.hold_of(status, entry.asked.start))

    def _against_move(self, who: str, entry: Entry, wanted: Place) -> Answer | None:
        refusal = self._against_moving(who, entry)
        if refusal:
            return refusal
        if wanted.waived and (code := _against_waiving(who, wanted.chair)):
            return 403, code
        if entry.is_moving:
            return 409, "reschedule_in_progress"
        if wanted.chair not in (None, *entry.sold.chairs):
            return 422, "resource_not_offered"
        return None

    def _against_moving(self, who: str, entry: Entry) -> Answer | None:
        """Return what there is against moving an entry at all, wherever to."""
        status = entry.shown(self.now)
        if status not in MOVABLE:
            return 409, "still_pending" if status == "pending" else "not_reschedulable"
        if serves(who, entry):
            return None
        if who != entry.by:
            return 403, "own_resources_only"
        if entry.asked.start <= self.now:
            return 409, "already_started"
        return (409, "policy_window_closed") if entry.is_dear(self.now) else None


def sees(who: str, entry: Entry) -> bool:
    """Tell whether there is such a booking for somebody."""
    return who == entry.by or who in MEMBERS


def serves(who: str, entry: Entry) -> bool:
    """Tell whether somebody acts for the business in a booking."""
    chair = entry.asked.chair if entry.chair is None else entry.chair
    return who in MEMBERS and chair in MEMBERS[who]


def _against_waiving(who: str, chair: int | None) -> str | None:
    if who not in MEMBERS:
        return "members_only"
    return None if chair in MEMBERS[who] else "own_resources_only"


def _fee(entry: Entry, now: datetime) -> int:
    """Return what is kept, rounded half up, when a customer cancels what may have been paid."""
    if entry.status not in ("awaiting_payment", "confirmed") or not entry.is_dear(now):
        return 0
    return (entry.sold.price * entry.party * entry.sold.fee_percent + 50) // 100
