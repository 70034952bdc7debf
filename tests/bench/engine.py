"""A month of slots in the pure engine, and single decisions."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.availability.rules.decide import choose
from domain.availability.rules.diary import Diary, Occupied
from domain.availability.rules.model import Candidate, Hours, Query, Terms
from domain.availability.rules.zones import DAY, MINUTE, day_number, instant
from tests.bench.report import Line
from tests.bench.world import World
from tests.candidates import slots
from tests.rules.builders import anybody

BERLIN = ZoneInfo("Europe/Berlin")
SERVICE = UUID(int=1)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)  # the month has a change of clocks
NOW = instant(day_number(FIRST), 0, BERLIN)
RUNS = 21


def terms(capacity: int) -> Terms:
    """Half-hour bookings with ten minutes after each."""
    half = 30 * MINUTE
    return Terms(
        service_id=SERVICE, duration=half, interval=half, zone=BERLIN, buffer_after=10 * MINUTE, capacity=capacity
    )


def hours(seed: int) -> Hours:
    """Nine to five on weekdays; the far override makes each seed a schedule that no cache has seen."""
    weekdays = (((540, 1020),),) * 5
    return Hours(zone=BERLIN, weekly=(*weekdays, (), ()), overrides={date(2050, 1, 1) + timedelta(days=seed): ()})


def diary(rng: random.Random, spans: int) -> Diary:
    """Bookings at any five minutes of the month, buffers included, a third of another service."""
    claims = []
    for _ in range(spans):
        start = NOW + rng.randrange(31 * DAY) // 300 * 300
        end = start + 30 * MINUTE
        service = rng.choice((SERVICE, SERVICE, UUID(int=2)))
        claims.append(
            Occupied(
                start=start,
                end=end,
                footprint_start=start,
                footprint_end=end + 10 * MINUTE,
                seats=1,
                service_id=service,
            )
        )
    return Diary(claims)


def candidates(count: int, busy: int, schedules: int, seed: int) -> list[Candidate]:
    """Make resources that share some schedules."""
    rng = random.Random(seed)
    shared = [hours(seed * 100 + number) for number in range(schedules)]
    return [
        Candidate(id=UUID(int=number + 1), hours=shared[number % schedules], diary=diary(rng, busy))
        for number in range(count)
    ]


def median(prepare: Callable[[int], list[Candidate]], work: Callable[[list[Candidate]], object]) -> float:
    """Return the median milliseconds of *work* over several runs, each on data prepared afresh."""
    times = []
    for run in range(RUNS):
        given = prepare(run)
        begin = time.perf_counter()
        work(given)
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1000


def month(count: int, busy: int, *, schedules: int = 1, capacity: int = 1) -> float:
    """Time a month of slots."""
    query = Query(from_day=FIRST, to_day=LAST, zone=BERLIN)
    service = terms(capacity)
    return median(
        lambda run: candidates(count, busy, schedules, run),
        lambda given: slots(service, anybody(*given), query, now=NOW, day_counts={}),
    )


def decision(count: int, busy: int) -> float:
    """Time one choice among all resources, as an allocator makes them in a batch."""
    service, given = terms(1), candidates(count, busy, 1, 0)
    starts = [
        slot.start
        for slot in slots(
            service, anybody(*given), Query(from_day=FIRST, to_day=LAST, zone=BERLIN), now=NOW, day_counts={}
        )
    ]
    return median(
        lambda _: given,
        lambda _: [choose(service, anybody(*given), start, party=1, now=NOW, day_counts={}) for start in starts],
    ) / len(starts)


def measure(_: World) -> Iterator[Line]:
    """Yield the months that have a goal, then what they are compared with by eye."""
    for count, limit in ((1, 2), (20, 10)):
        took = month(count, 100)
        yield Line(
            what=f"engine: month, {count} resources x 100 busy",
            ours=f"{took:.2f} ms",
            goal=f"<= {limit} ms",
            is_met=took <= limit,
        )
    yield Line(what="  20 resources, each with its own schedule", ours=f"{month(20, 100, schedules=20):.2f} ms")
    yield Line(what="  20 resources, shared seats", ours=f"{month(20, 100, capacity=8):.2f} ms")
    yield Line(what="  one decision among 20 resources", ours=f"{decision(20, 100):.3f} ms")
