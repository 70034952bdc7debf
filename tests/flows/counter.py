"""The counter: what the documents say callers are answered, whom it lets do what, and what follows in the ledger."""

from dataclasses import replace
from datetime import datetime

from tests.flows.entries import HELD, MOVABLE, Entry, Move, Numbers, Place, Sold
from tests.flows.ledger import ALLOWED, MAX_HOLDS, Answer, Book

CUSTOMERS = ("ada", "bo")
STAFF: dict[str, Numbers] = {"anna": (0,), "cleo": (2,), "idle": ()}
"""Which chair or basin each of them is."""

MEMBERS = ("owner", *STAFF)
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
        wanted = replace(place, named=_asked_again(entry, place.named), asked_at=self.now)
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
        if not sold.able.issuperset(place.named or ()):
            return 422, "resource_not_offered"
        if place.waived and (refusal := _against_waiving(who, sold, place.named or ())):
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
        if entry.is_moving:
            return 409, "reschedule_in_progress"
        if not entry.sold.able.issuperset(wanted.named or ()):
            return 422, "resource_not_offered"
        if wanted.waived and (code := _against_waiving(who, entry.sold, wanted.named or ())):
            return 403, code
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
    with_whom = entry.has or entry.asked.named or ()
    return who == "owner" or any(each in STAFF.get(who, ()) for each in with_whom)


def _asked_again(entry: Entry, named: Numbers | None) -> Numbers:
    """Return whom a move asks for: those named, and in roles for which nobody is, those who were asked for before."""
    before = entry.asked.named or ()
    if not named:
        return before if named is None else ()
    met = {each for role in entry.sold.roles if any(one in named for one in role) for each in role}
    return (*named, *(each for each in before if each not in met))


def _against_waiving(who: str, sold: Sold, named: Numbers) -> str | None:
    if who not in MEMBERS or who == "owner":
        return None if who == "owner" else "members_only"
    roles, mine = sold.narrowed(named), {*STAFF[who]}
    is_asked = any(set(role) <= mine & set(named) for role in roles)
    others = {each for somebody, theirs in STAFF.items() if somebody != who for each in theirs}
    return None if is_asked and others.isdisjoint(*roles) else "own_resources_only"


def _fee(entry: Entry, now: datetime) -> int:
    """Return what is kept, rounded half up, when a customer cancels what may have been paid."""
    if entry.status not in ("awaiting_payment", "confirmed") or not entry.is_dear(now):
        return 0
    return (entry.sold.price * entry.party * entry.sold.fee_percent + 50) // 100
