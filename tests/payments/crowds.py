"""A crowd of customers, each with a plan: who pays, too late, twice, or cancels meanwhile; and staff who give back."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from config.clock import clock
from config.transaction import retried, transaction
from domain.bookings import service as bookings
from domain.bookings.tables import Booking
from domain.kernel.ids import Kind, parsed
from tests.builders import a_user, weekday
from tests.flows.desk import Desk, a_wish, desk
from tests.payments.cashier import PATHS, Cashier, Json

PLANS = (
    *("pays", "pays", "pays_both", "late", "late_and_taken", "late_and_taken", "late_twice", "cancels_first"),
    *("cancels_while", "cancels_after", "gives_back", "declined", "never", "disputes"),
)
SLOTS = [timedelta(minutes=30 * number) for number in range(-8, 6)]
OTHER = {"stripe": "paystack", "paystack": "stripe"}


@dataclass
class Crowd:
    """Plays the customers of a shop; `paid` counts what was handed out and could be paid, `plans` who planned what."""

    cashier: Cashier
    seed: str
    plans: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def play(self, count: int, *, at_once: int = 4) -> None:
        """Let *count* customers come, several at once."""
        numbers = iter(range(count))
        lock = threading.Lock()

        def run() -> None:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                try:
                    Visit(self, number).go()
                except Exception as error:  # noqa: BLE001 - it is shown at the end
                    self.errors.append(f"{number}: {error!r}")

        threads = [threading.Thread(target=run, daemon=True) for _ in range(at_once)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(300)


class Visit:
    """One customer with one booking, and one plan."""

    def __init__(self, crowd: Crowd, number: int) -> None:
        self.crowd, self.cashier, self.number = crowd, crowd.cashier, number
        self.chance = random.Random(f"{crowd.seed}/{number}")
        self.provider = ("stripe", "paystack")[number % 2]
        self.desk = desk(a_user())
        day, place = divmod(number, len(SLOTS))
        # Nobody takes the day of another: a week has five, and a weekend would bring two to one Monday.
        self.start = [weekday(ahead=ahead) for ahead in range(3, 60) if _is_weekday(ahead)][day] + SLOTS[place]

    def go(self) -> None:
        """Do as planned."""
        plan = PLANS[self.number % len(PLANS)] if self.number < len(PLANS) else self.chance.choice(PLANS)
        self.crowd.plans[plan] += 1
        self.booking = self._booked(self.desk)
        act: Callable[[], None] = getattr(self, plan)
        act()

    def pays(self) -> None:
        """Pay, as most do."""
        self._pay(self._ask(self.provider))

    def pays_both(self) -> None:
        """Open both pages, and pay in both."""
        pages = [self._ask(self.provider), self._ask(OTHER[self.provider])]
        for each in pages:
            self._pay(each)
            self._pause()

    def late(self) -> None:
        """Pay when the hold has run out, and the place may be free still."""
        page = self._ask(self.provider)
        self._expire(swept=self.chance.random() < 0.5)
        self._pay(page)

    def late_and_taken(self) -> None:
        """Pay when somebody else has taken the place; that one pays too, perhaps."""
        pages = [self._ask(self.provider), self._ask(OTHER[self.provider])]
        self._expire(swept=self.chance.random() < 0.5)
        rival = Visit(self.crowd, self.number)
        rival.booking = rival._booked(rival.desk)
        self._pay(pages[0])
        self._pause()
        if self.chance.random() < 0.5:
            rival._pay(rival._ask(self.provider))
        else:
            rival._cancel(rival.desk)
        self._pause()
        self._pay(pages[1])

    def late_twice(self) -> None:
        """Pay in both pages when the hold has run out."""
        pages = [self._ask(self.provider), self._ask(OTHER[self.provider])]
        self._expire(swept=True)
        for each in pages:
            self._pay(each)

    def cancels_first(self) -> None:
        """Cancel, and pay in the page that is still open."""
        page = self._ask(self.provider)
        self._cancel(self.desk)
        self._pause()
        self._pay(page)

    def cancels_while(self) -> None:
        """Cancel and pay at once."""
        page = self._ask(self.provider)
        paying = threading.Thread(target=self._pay, args=(page,))
        paying.start()
        self._cancel(self.desk)
        paying.join()

    def cancels_after(self) -> None:
        """Pay and cancel; or the shop does, which keeps nothing."""
        self._pay(self._ask(self.provider))
        if self.chance.random() < 0.7:
            self._wait_for("confirmed")
        self._cancel(self.desk if self.chance.random() < 0.6 else self.cashier.owner)

    def gives_back(self) -> None:
        """Pay; staff give some of it back, and more; perhaps the booking is cancelled then."""
        page = self._ask(self.provider)
        self._pay(page)
        if page is None or not self._wait_for("confirmed"):
            return
        for _ in range(self.chance.randint(1, 3)):
            amount = self.chance.randrange(10_000, 200_000, 5_000)
            answer = self.cashier.owner.post(f"/api/payments/{page['id']}/refunds", {"amount": amount})
            self.crowd.told[f"refund {answer.status_code}"] += 1
        if self.chance.random() < 0.4:
            self._cancel(self.desk)

    def declined(self) -> None:
        """Have the card declined, and pay with another."""
        page = self._ask(self.provider)
        if page is not None and self._tries("decline", page):
            self._pause()
        self._pay(page)

    def never(self) -> None:
        """Ask, and go."""
        self._ask(self.provider)

    def disputes(self) -> None:
        """Pay, and call the bank; it finds for one or the other. Some cancel meanwhile."""
        page = self._ask("stripe")
        self._pay(page)
        if page is None or not self._wait_for("confirmed"):
            return
        dispute = self._tries("dispute", page)
        if self.chance.random() < 0.5:
            self._cancel(self.desk)
        if dispute:
            self._pause()
            self.cashier.providers.dispute(dispute["id"], self.chance.choice(["win", "lose"]))

    def _booked(self, who: Desk) -> Json:
        made: Json = who.book(a_wish(self.cashier.shop, self.start)).get_json()
        shop = self.cashier.shop.business.id
        retried(lambda session: bookings.allocate(session, shop, now=clock()))
        found: Json = who.look(made).get_json()
        self.crowd.told[found["status"]] += 1
        return found

    def _ask(self, provider: str) -> Json | None:
        """Return what is handed out, or None if nothing is."""
        answer = self.desk.post(PATHS[provider], {"booking_id": self.booking["id"]}, Prefer="wait=5")
        page: Json = answer.get_json()
        self.crowd.told[f"ask {answer.status_code}"] += 1
        deadline = time.monotonic() + 20
        while page.get("state") == "creating" and time.monotonic() < deadline:
            time.sleep(0.1)
            page = self.desk.get(f"/api/payments/{page['id']}").get_json()
        return page if page.get("state") == "open" else None

    def _pay(self, page: Json | None) -> None:
        if page is not None:
            self._tries("pay", page)

    def _tries(self, verb: str, page: Json) -> Json | None:
        """Do to what was handed out, and not to what we think that was; a provider may refuse it."""
        handed = page["reference"] or page["client_secret"].split("_secret_")[0]
        try:
            done = self.cashier.providers.act(handed, verb)
        except AssertionError:
            self.crowd.told[f"{verb} refused"] += 1
            return None
        self.crowd.told[verb] += 1
        return done

    def _cancel(self, who: Desk) -> None:
        self.crowd.told[f"cancel {who.turn(self.booking, 'cancelled').status_code}"] += 1

    def _expire(self, *, swept: bool) -> None:
        """Let the hold run out by the clock; *swept*: and be ended by it."""
        mine = (Booking.id == parsed(Kind.BOOKING, self.booking["id"]), Booking.status == "awaiting_payment")
        with transaction() as session:
            session.execute(update(Booking).where(*mine).values(hold_expires_at=clock() - timedelta(seconds=1)))
        if swept:
            retried(lambda session: bookings.expire_holds(session, now=clock()))

    def _wait_for(self, status: str) -> bool:
        deadline = time.monotonic() + 8
        while time.monotonic() < deadline:
            if self.desk.look(self.booking).get_json()["status"] == status:
                return True
            time.sleep(0.05)
        return False

    def _pause(self) -> None:
        time.sleep(self.chance.random() * 0.5)


def _is_weekday(ahead: int) -> bool:
    return weekday(ahead=ahead).date() == clock().date() + timedelta(days=ahead)


def end_all(session: Any) -> None:  # noqa: ANN401 - a session
    """Let every hold that is left run out."""
    session.execute(
        update(Booking)
        .where(Booking.status == "awaiting_payment")
        .values(hold_expires_at=clock() - timedelta(seconds=1))
    )
