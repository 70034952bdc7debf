"""The mistakes that the oracle has to notice, each a line of the engine, or of what feeds it, written wrongly."""

from collections.abc import Iterator

from tests.oracle.mutants import Mutant

RULES = "domain.availability.rules"


def _in(module: str, *changes: tuple[str, str, str]) -> Iterator[Mutant]:
    return (Mutant(wrong, module, old, new) for wrong, old, new in changes)


MUTANTS = [
    *_in(
        f"{RULES}.openings",
        (
            "the grid is not begun anew by each date",
            "return Openings(blocks=tuple(blocks), stretches=merged(blocks))",
            "return Openings(blocks=merged(blocks), stretches=merged(blocks))",
        ),
        (
            "open time does not join over midnight",
            "return Openings(blocks=tuple(blocks), stretches=merged(blocks))",
            "return Openings(blocks=tuple(blocks), stretches=tuple(sorted(blocks)))",
        ),
        (
            "an override adds to the week's hours",
            "wanted = hours.overrides.get(date_of(day), hours.weekly[(day + _THURSDAY) % 7])",
            "wanted = (*hours.overrides.get(date_of(day), ()), *hours.weekly[(day + _THURSDAY) % 7])",
        ),
        (
            "an override begins with its date, the tail of last night is cut off",
            "blocks.extend(merged(_mapped(day, wanted, hours)))",
            (
                "blocks.extend((a, min(b, instant(day + 1, 0, hours.zone)) if date_of(day + 1) in hours.overrides else b)"
                " for a, b in merged(_mapped(day, wanted, hours)))"
            ),
        ),
        ("last night is forgotten", " - _NIGHTS_BEFORE", ""),
        ("last night is forgotten where a date was skipped", " - _NIGHTS_BEFORE", " - 1"),
        ("a block that ends where it starts is a whole day", "if end >= start else", "if end > start else"),
        ("23:59 means 24:00", "until = end if end >= start", "until = end + (end == 1439) if end >= start"),
        (
            "a block that the clocks leave empty lasts overnight",
            "yield instant(day, start, hours.zone), instant(day, until, hours.zone)",
            (
                "span = instant(day, start, hours.zone), instant(day, until, hours.zone)\n"
                "        yield span[0], span[1] + 86400 * (span[1] < span[0])"
            ),
        ),
        ("the date before an override is the one that is closed", "get(date_of(day))", "get(date_of(day + 1))"),
    ),
    *_in(
        f"{RULES}.spans",
        ("blocks that touch stay apart", "start <= joined[-1][1]", "start < joined[-1][1]"),
        (
            "touching is not free, to a decision",
            "return one[0] < other[1] and other[0] < one[1]",
            "return one[0] <= other[1] and other[0] <= one[1]",
        ),
    ),
    *_in(
        f"{RULES}.seats",
        (
            "touching an earlier one is not free",
            "bisect_left(starts, end + ahead)",
            "bisect_right(starts, end + ahead)",
        ),
        ("touching a later one is not free", "begin - reach + 1)", "begin - reach)"),
        ("seats are counted as the footprint begins", "begin - reach + 1)", "begin + ahead)"),
        (
            "another service shares the seats",
            "return terms.capacity > 1 and claim.service_id == terms.service_id",
            "return terms.capacity > 1",
        ),
        (
            "a booking loses the buffers it was made with",
            "closed.append((claim.footprint_start, claim.footprint_end))",
            "closed.append((claim.start, claim.end))",
        ),
        (
            "shared seats are free during the buffer after",
            "shared.append((claim.footprint_start, claim.footprint_end, claim.seats))",
            "shared.append((claim.footprint_start, claim.end, claim.seats))",
        ),
        ("the less full is painted over the fuller", "key=itemgetter(2))", "key=itemgetter(2), reverse=True)"),
        (
            "buffers do not count against closures",
            "closed = [(closure.start, closure.end) for closure in closures]",
            "closed = [(each.start + terms.buffer_after, each.end - terms.buffer_before) for each in closures]",
        ),
    ),
    *_in(
        f"{RULES}.slots",
        (
            "the buffer after has to fit into the hours",
            "window.starts(terms.interval, terms.duration, span)",
            "window.starts(terms.interval, terms.duration + terms.buffer_after, span)",
        ),
        (
            "a schedule is read in the business's zone",
            "window = _opened(hours, (span[0]",
            "import dataclasses\n    window = _opened(dataclasses.replace(hours, zone=terms.zone), (span[0]",
        ),
        (
            "an override names a date of the business's",
            "window = _opened(hours, (span[0]",
            (
                "from domain.availability.rules.zones import date_of, day_number, instant, local_day\n"
                "    begun = {day: instant(day_number(day), 0, terms.zone) for day in hours.overrides}\n"
                "    dates = {date_of(local_day(begun[day], hours.zone)): each for day, each in hours.overrides.items()}\n"
                "    hours = Hours(zone=hours.zone, weekly=hours.weekly, overrides=dates)\n"
                "    window = _opened(hours, (span[0]"
            ),
        ),
        (
            "the second pass of a repeated hour is left out",
            "bisect_left(grid, until)]]",
            "bisect_left(grid, until)] if not __import__('datetime').datetime.fromtimestamp(start, hours.zone).fold]",
        ),
        (
            "a party is taken for one",
            "if remaining >= query.party:\n                who",
            "if remaining >= 1:\n                who",
        ),
        ("the least of any remains", "worse_or_better = _REMAINING[query.mode]", "worse_or_better = min"),
        ("the most of all roles remains", "min(free.left", "max(free.left"),
        ("all together is any", "if len(found) == len(able)}", "if found}"),
        (
            "a role that follows has a grid",
            "if window.closes(start) >= start + terms.duration]",
            "if window.closes(start) >= start + terms.duration and window.has_start(start, terms.interval)]",
        ),
        (
            "a role that follows need not be open",
            "[start for start in starts if window.closes(start) >= start + terms.duration]",
            "list(starts)",
        ),
        ("priority does not matter", "(each.priority, each.id)", "each.id"),
    ),
    *_in(
        f"{RULES}.limits",
        ("notice is exclusive", "return now + max(terms.notice, terms.ahead)", "return now + terms.notice + 1"),
        ("what is held may start now", "max(terms.notice, terms.ahead)", "terms.notice"),
        (
            "the window is counted in the viewer's zone",
            "last_day(terms, now), day_counts)",
            "local_day(now, query.zone) + terms.window_days, day_counts)",
        ),
        ("the window ends a date early", " + terms.window_days", " + terms.window_days - 1"),
        (
            "the limit is that of the viewer's dates",
            "intersection(ahead, _open_dates(terms,",
            "intersection(ahead, _open_dates(__import__('dataclasses').replace(terms, zone=query.zone),",
        ),
        ("one more than the limit", "count >= terms.daily_limit", "count > terms.daily_limit"),
        (
            "the last date is left out",
            "day_number(query.to_day), query.zone",
            "day_number(query.to_day) - 1, query.zone",
        ),
    ),
    *_in(
        f"{RULES}.zones",
        (
            "a skipped time becomes the end of the gap",
            "return local - (piece.offset if piece.start + piece.offset <= local else offset)",
            "return max(piece.start, local - piece.offset)",
        ),
        (
            "a skipped time is read with the offset after",
            "return local - (piece.offset if piece.start + piece.offset <= local else offset)",
            "return local - piece.offset",
        ),
        (
            "a repeated time is its second pass",
            "    offset = 0\n    for piece in _page(zone, local // _PAGE):",
            (
                "    offset = 0\n"
                "    late = datetime.fromtimestamp(local, UTC).replace(tzinfo=zone, fold=1)\n"
                "    if late.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == late.replace(tzinfo=None):\n"
                "        return int(late.timestamp())\n"
                "    for piece in _page(zone, local // _PAGE):"
            ),
        ),
        (
            "a skipped date has hours",
            "    walls = ((piece.start",
            "    return list(range(first, last + 1))\n    walls = ((piece.start",
        ),
        (
            "a date is one span",
            "    return merged(\n",
            "    return (lambda each: (lambda all: ((all[0][0], all[-1][1]),) if all else ())(merged(each)))(\n",
        ),
    ),
    *_in(
        f"{RULES}.diary",
        ("who comes over midnight is overlooked", "== max(span[0], asked[0]) // DAY", "== span[0] // DAY"),
        ("months of time off are overlooked", "self._long.append((span, entry))", ""),
    ),
    *_in(
        f"{RULES}.decide",
        (
            "who has the most to do is chosen all the same",
            "(each.booked_by_day.get(day, 0), each.priority, each.id)",
            "(each.priority, each.id)",
        ),
        ("who was refused first is told of", "return _together(refused, max)", "return _together(refused, min)"),
        (
            "the role that got furthest is told of",
            "return _together(refused, min) if",
            "return _together(refused, max) if",
        ),
        ("decisions hold a role that follows to its grid", "repeat(waived | {Code.OFF_GRID})", "repeat(waived)"),
        (
            "decisions take no buffers against closures",
            "closures_in(footprint(terms, start))",
            "closures_in((start, start + terms.duration))",
        ),
        ("decisions take notice as exclusive", "if start < now + terms.notice:", "if start <= now + terms.notice:"),
        (
            "a buffer is taken for a booking",
            "return Reason.BUSY if overlap(",
            "return Reason.BUSY if claim or overlap(",
        ),
        ("who was named does not matter", "    if not named:\n", "    if True:\n"),
        ("who is chosen need not be free with all", "if ranked and not refused:", "if ranked:"),
    ),
    *_in(
        "tests.oracle.engine",
        (
            "the limit counts seats",
            "for each in occupying if each.service == OURS)",
            "for each in occupying if each.service == OURS for _ in range(each.seats))",
        ),
        (
            "the limit counts resources",
            "for each in occupying if each.service == OURS)",
            "for each in occupying if each.service == OURS for _ in each.resources)",
        ),
        ("holds do not end by the clock", "each.expires_at is None or each.expires_at > world.now", "each"),
        ("holds end a second late", "each.expires_at > world.now", "each.expires_at >= world.now"),
    ),
]
