"""What is special about a case, in words that a test can count."""

from collections.abc import Iterator

from tests.oracle.asking import Case
from tests.oracle.clocks import DAY, exists, is_repeated, jumps, minute_of, number_of, reading
from tests.oracle.oracle import Offer
from tests.oracle.world import OURS, Block, Schedule, World

MIDNIGHT = DAY


def features(case: Case) -> set[str]:
    """Name everything that is special about a case and its answers."""
    return {
        *_of_clocks(case),
        *_of_hours(case),
        *_of_the_service(case.world),
        *_of_who_serves(case),
        *_of_answers(case),
    }


def _span(case: Case) -> range:
    minutes = case.oracle.asked_minutes
    return range(minutes[0] - 1, minutes[-1] + case.world.service.minutes + 2) if minutes else range(0)


def _schedules(case: Case) -> list[Schedule]:
    used = {each.schedule for role in case.oracle.roles for each in role}
    return [case.world.schedules[number] for number in sorted(used)]


def _of_clocks(case: Case) -> Iterator[str]:
    for schedule in _schedules(case):
        for minute, by in jumps(schedule.zone, _span(case)):
            yield f"clocks change in {schedule.zone}"
            yield from _of_jump(schedule.zone, minute, by)
            starts = [start for start, _, _, _ in case.answers.slots]
            if any(start < minute * 60 < start + case.world.service.minutes * 60 for start in starts):
                yield "a slot over a change of clocks"
    if not case.oracle.asked_minutes:
        yield "a viewer's date that was skipped"


def _of_jump(zone: str, minute: int, by: int) -> Iterator[str]:
    expected, read = reading(zone, minute - 1) + 1, reading(zone, minute)
    yield f"a gap of {by}" if by > 0 else f"a fold of {-by}"
    if by >= DAY:
        yield "a date that was skipped"
    elif by > 0 and any(time % DAY == 0 for time in range(expected, read)):
        yield "a gap at midnight"
    if by < 0 and read // DAY < (expected - 1) // DAY:
        yield "a date that is left for the one before"
    if by < 0 and any(time % DAY == 0 for time in range(read, expected)):
        yield "midnight read twice"


def _of_hours(case: Case) -> Iterator[str]:
    minutes = case.oracle.asked_minutes or [0]
    for schedule in _schedules(case):
        since, until = (reading(schedule.zone, minute) // DAY for minute in (minutes[0], minutes[-1]))
        for day in range(since, until + 1):
            yield from _of_date(schedule, day)


def _of_date(schedule: Schedule, day: int) -> Iterator[str]:
    overrides = {number_of(date): blocks for date, blocks in schedule.overrides.items()}
    blocks = overrides.get(day, schedule.week[(day + 3) % 7])
    if day in overrides:
        yield "an override" if blocks else "an override that closes"
    if exists(schedule.zone, day):
        yield from (feature for block in blocks for feature in _of_block(schedule.zone, day, block))
        yield from _of_neighbours(blocks)


def _of_block(zone: str, day: int, block: Block) -> Iterator[str]:
    start, end = block
    until = end + MIDNIGHT if end < start else end
    if end < start:
        yield "a block into the next day"
    if end == start:
        yield "a block that ends where it starts"
    if end in (MIDNIGHT, MIDNIGHT - 1):
        yield f"a block until {end // 60}:{end % 60:02}"
    mapped = [minute_of(zone, day * DAY + time) for time in (start, until)]
    for name, time, minute in zip(("starts", "ends"), (start, until), mapped, strict=True):
        if reading(zone, minute) != day * DAY + time:
            yield f"a block that {name} in a gap"
        if is_repeated(zone, minute + 1) or _comes_again(zone, minute):
            yield f"a block that {name} at a repeated time"
    if end != start and mapped[0] == mapped[1]:
        yield "a block that the clocks leave empty"
    if mapped[0] > mapped[1]:
        yield "a block that the clocks turn round"


def _comes_again(zone: str, minute: int) -> bool:
    """Say whether clocks read the same once more, within some hours."""
    return any(by < 0 and minute < at <= minute - by for at, by in jumps(zone, range(minute, minute + DAY)))


def _of_neighbours(blocks: tuple[Block, ...]) -> Iterator[str]:
    for start, end in blocks:
        for other, until in blocks:
            if start < other < end < until:
                yield "blocks that overlap"
            if start < end == other < until:
                yield "blocks that touch"


def _of_the_service(world: World) -> Iterator[str]:
    service, question = world.service, world.question
    named = {
        "a buffer before": service.minutes_before,
        "a buffer after": service.minutes_after,
        "a notice": service.notice,
        "places held at first": service.held,
        "a window of today": service.window == 0,
        "a window of days": 0 < service.window < 60,
        "seats": service.capacity > 1,
        "a limit a day": service.daily_limit,
        "a party": question.party > 1,
        "all together": question.together,
        "a resource named": question.named,
        "waived notice": "notice" in question.waived,
        "waived hours": "hours" in question.waived,
        "waived window": "window" in question.waived,
    }
    yield from (name for name, is_there in named.items() if is_there)


def _of_who_serves(case: Case) -> Iterator[str]:
    world, roles = case.world, case.oracle.roles
    yield f"{len(world.roles)} roles"
    if any(len(role) > 1 for role in roles):
        yield "several resources"
    if not all(roles):
        yield "a role that nobody fills"
    if len({each.zone for each in _schedules(case)}) > 1:
        yield "schedules of several zones"
    if any(each.zone != world.service.zone for each in _schedules(case)):
        yield "a schedule in another zone than the business"
    if world.question.viewer != world.service.zone:
        yield "a viewer in another zone than the business"
    if any(each.service != OURS for each in world.bookings):
        yield "a booking of another service"
    if any(len(each.resources) > 1 for each in world.bookings):
        yield "a booking of several resources"


def _of_answers(case: Case) -> Iterator[str]:
    told = case.answers
    yield "some slots" if told.slots else "no slot"
    for refused in told.refusals.values():
        for code, reasons in refused:
            yield f"refused: {code}"
            yield from (f"taken: {reason}" for reason in reasons)
    for choice in told.choices.values():
        yield f"decided: {choice[0]}" if choice and isinstance(choice[0], str) else "decided: granted"
    yield from (feature for offer in told.slots for feature in _of_slot(case, offer))


def _of_slot(case: Case, offer: Offer) -> Iterator[str]:
    world, (start, end, remaining, _) = case.world, offer
    if remaining not in (1, world.service.capacity):
        yield "a slot with some seats taken"
    if start == world.now:
        yield "a slot that starts now"
    if start == world.now + world.service.notice:
        yield "a slot as soon as the notice allows"
    viewed, here = reading(world.question.viewer, start // 60), reading(world.service.zone, start // 60)
    if abs(viewed - here) >= 22 * 60:
        yield "a slot seen over the date line"
    lapsed = [each for each in world.bookings if each not in case.oracle.occupying]
    if any(each.start < end and start < each.end for each in lapsed):
        yield "a slot where a hold has lapsed"
    yield from (feature for each in _schedules(case) for feature in _of_slot_in(each, start // 60, end // 60))


def _of_slot_in(schedule: Schedule, start: int, end: int) -> Iterator[str]:
    day = reading(schedule.zone, start) // DAY
    if is_repeated(schedule.zone, start):
        yield "a slot in a second pass"
    if reading(schedule.zone, end - 1) // DAY > day:
        yield "a slot over midnight"
    if any(number_of(date) == day and not blocks for date, blocks in schedule.overrides.items()):
        yield "a slot in the tail of last night"
