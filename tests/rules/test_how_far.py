"""How much is weighed to find the first starts: what is taken everywhere costs nothing, and nothing goes on for ever."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.availability.rules.effort import MOST_PLACES, Effort
from domain.availability.rules.errors import TooManySlots
from domain.availability.rules.limits import bookable
from domain.availability.rules.model import Mode, Query
from domain.availability.rules.nearest import FAR_TOO_MUCH, Search
from domain.availability.rules.seats import NOTHING_TAKEN, Load
from domain.availability.rules.slots import Offerable, free_slots
from domain.availability.rules.zones import DAY
from tests.rules.builders import GREENWICH, MONDAY, clocks, hours, on, service

NOW = on("00:00")
YEARS = 1095
EVERY_MINUTE = service(1)
FIRST = date.fromisoformat(MONDAY)
CLOSED = Load([(NOW - DAY, NOW + YEARS * DAY + DAY)], ())


def clinic(resources: int, load: Load) -> Sequence[Offerable]:
    """Make resources that all keep hours of their own."""
    schedules = [hours(f"00:{number % 60:02}-23:{number % 60:02}") for number in range(resources)]
    return [Offerable(UUID(int=number), 0, each, load) for number, each in enumerate(schedules, 1)]


def query(days: int = YEARS, party: int = 1, mode: Mode = Mode.ANY) -> Query:
    return Query(from_day=FIRST, to_day=FIRST + timedelta(days=days), zone=GREENWICH, party=party, mode=mode)


def search(*roles: Sequence[Offerable], asked: Query | None = None) -> Search:
    asked = asked or query()
    return Search(EVERY_MINUTE, roles, bookable(EVERY_MINUTE, asked, now=NOW, day_counts={}), asked)


def off_while_open(resources: int) -> Sequence[Offerable]:
    """Make resources that are each off on every date, but only while it is open: that is never all at once."""
    return [
        each._replace(load=Load([(NOW + day * DAY + number * 60, NOW + day * DAY + 23 * 3600 + number * 60) for day in range(90)], ()))
        for number, each in enumerate(clinic(resources, NOTHING_TAKEN))
    ]  # fmt: skip


def test_years_in_which_everybody_is_off_cost_nothing() -> None:
    effort = Effort()
    assert search(clinic(50, CLOSED)).first(10, effort, least_until=NOW) == ([], None)
    assert effort.spent == 0


@pytest.mark.parametrize(("mode", "is_hopeless"), [(Mode.ANY, False), (Mode.ALL, True)])
def test_one_who_is_off_stops_all_only_where_all_are_needed(mode: Mode, *, is_hopeless: bool) -> None:
    some, other = clinic(2, NOTHING_TAKEN), clinic(3, CLOSED)[2:]
    assert (search([*some, *other], asked=query(mode=mode)).spans == ()) is is_hopeless
    assert search(some, other).spans == ()


def test_a_party_too_large_for_the_seats_left_is_no_better_off_than_where_all_is_closed() -> None:
    seated = Load((), [(NOW - DAY, NOW + YEARS * DAY + DAY, 2)])
    terms = service(1, capacity=4)
    for party, is_hopeless in ((2, False), (3, True)):
        asked = query(party=party)
        found = Search(terms, [clinic(2, seated)], bookable(terms, asked, now=NOW, day_counts={}), asked)
        assert (found.spans == ()) is is_hopeless


def test_what_touches_what_is_taken_is_free_wherever_time_is_cut() -> None:
    terms, asked = service(60, before=10, after=10, every=70), query(days=1)
    busy = Load([(on("10:20"), on("11:20"))], ())
    opened = hours("09:10-16:00")
    one, other = Offerable(UUID(int=1), 0, opened, busy), Offerable(UUID(int=2), 1, opened, NOTHING_TAKEN)
    whole = Search(terms, [[one, other]], bookable(terms, asked, now=NOW, day_counts={}), asked)
    assert clocks(whole.first(5, Effort(), least_until=NOW).slots) == [
        "09:10", "10:20", "11:30", "12:40", "13:50",
    ]  # fmt: skip
    alone = Search(terms, [[one]], bookable(terms, asked, now=NOW, day_counts={}), asked)
    assert clocks(alone.first(3, Effort(), least_until=NOW).slots) == ["09:10", "11:30", "12:40"]
    late = Load([(on("10:21"), on("11:19"))], ())
    for load in (busy, late):
        both = Search(terms, [[one._replace(load=load), other]], bookable(terms, asked, now=NOW, day_counts={}), asked)
        for clock, free in (("09:10", 2), ("11:30", 2)):
            cut = both.weighed([(on(clock), on(clock) + 1)], Effort())
            assert [len(slot.resources[0]) for slot in cut] == [free]
    near = Load([(on("10:19"), on("11:21"))], ())
    both = Search(terms, [[one._replace(load=near), other]], bookable(terms, asked, now=NOW, day_counts={}), asked)
    for clock in ("09:10", "11:30"):
        assert [len(slot.resources[0]) for slot in both.weighed([(on(clock), on(clock) + 1)], Effort())] == [1]


def test_it_stops_once_enough_was_weighed_and_goes_on_from_there_to_the_end() -> None:
    clinic_off = off_while_open(20)
    whole, asked = search(clinic_off, asked=query(80)), query(80)
    begin, found, stops = NOW, [], 0
    while True:
        effort = Effort(20_000)
        part = Search(EVERY_MINUTE, [clinic_off], [(begin, whole.spans[-1][1])], asked)
        slots, stopped_at = part.first(10**6, effort, least_until=begin + 1)
        assert effort.spent <= 20_000 + MOST_PLACES
        found += slots
        if stopped_at is None:
            break
        assert stopped_at > begin
        begin, stops = stopped_at, stops + 1
    assert stops > 3
    days = [replaced for number in range(0, 81, 3) for replaced in one_by_one(clinic_off, number)]
    assert [slot.start for slot in found] == sorted(days)


def one_by_one(role: Sequence[Offerable], since: int) -> Sequence[int]:
    first = FIRST + timedelta(days=since)
    asked = Query(from_day=first, to_day=min(first + timedelta(days=2), FIRST + timedelta(days=80)), zone=GREENWICH)
    return [slot.start for slot in free_slots(EVERY_MINUTE, [role], asked, now=NOW, day_counts={})]


def test_a_date_that_is_far_too_much_is_refused_even_where_it_has_to_be_looked_through() -> None:
    effort = Effort(1_000)
    with pytest.raises(TooManySlots):
        search(off_while_open(30)).first(10**6, effort, least_until=NOW + 90 * DAY)
    assert effort.spent <= FAR_TOO_MUCH * effort.most + MOST_PLACES


def test_the_nearest_cost_no_more_than_they_are_worth() -> None:
    effort = Effort(10_000)
    assert len(search(clinic(60, NOTHING_TAKEN)).nearest(on("12:00"), 3, effort)) == 3
    assert effort.spent <= 10_000
    assert search(off_while_open(200)).nearest(on("12:00"), 3, effort := Effort(5_000)) == []
    assert effort.is_spent
    assert effort.spent <= 5_000 + MOST_PLACES


def test_ten_roles_may_weigh_no_more_than_one() -> None:
    asked = query(days=5)
    assert free_slots(EVERY_MINUTE, [clinic(11, NOTHING_TAKEN)], asked, now=NOW, day_counts={})
    with pytest.raises(TooManySlots):
        free_slots(EVERY_MINUTE, [clinic(11, NOTHING_TAKEN)] * 10, asked, now=NOW, day_counts={})


def test_schedules_that_differ_in_one_time_have_hashes_of_their_own() -> None:
    dates = {f"on_2027_{month:02}_{day:02}": "" for month in range(1, 13) for day in range(1, 29)}
    several = [hours("", **dates, on_2028_01_01=f"09:{number:02}-17:00") for number in range(60)]
    assert len({hash(each) for each in several}) == 60
    assert hash(hours("", **dates)) == hash(hours("", **dates))


def test_what_takes_resources_is_work_as_well() -> None:
    busy = Load([(NOW + 600 * number, NOW + 600 * number + 60) for number in range(4_000)], ())
    asked, few = query(days=0), service(600)
    crowd = [Offerable(UUID(int=number), 0, hours("00:00-24:00"), busy) for number in range(1, 300)]
    assert free_slots(few, [crowd[:100]], asked, now=NOW, day_counts={}) == []
    with pytest.raises(TooManySlots):
        free_slots(few, [crowd], asked, now=NOW, day_counts={})
