"""Whims: what somebody who keeps a shop may think of, and where in the world, not long before clocks do something."""

from datetime import datetime
from typing import NamedTuple

from hypothesis import strategies as st


class Place(NamedTuple):
    """A zone, and a moment not long before its clocks do something."""

    zone: str
    begin: str

    @property
    def now(self) -> datetime:
        """Return the moment."""
        return datetime.fromisoformat(self.begin)


PLACES = (
    Place("Africa/Lagos", "2031-03-03T06:59:30+00:00"),
    Place("Europe/Berlin", "2031-03-29T20:00:00+00:00"),
    Place("America/St_Johns", "2006-10-29T01:30:00+00:00"),  # clocks go back at 00:01, to the date before
    Place("Pacific/Apia", "2011-12-29T08:00:00+00:00"),  # the 30th is skipped
)
DAILY = [{"weekday": day, "start": "08:00", "end": "20:00"} for day in range(7)]
ALWAYS = [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)]
NIGHTLY = [{"weekday": day, "start": "20:00", "end": "02:30"} for day in range(7)]

chairs = st.sampled_from([0, 1, 2])
places = st.sampled_from([None, 0, 1, 2])
weeks = st.sampled_from([DAILY, ALWAYS, NIGHTLY, []])
picks = st.integers(0, 50)
fields = st.one_of(
    st.fixed_dictionaries({"duration_minutes": st.sampled_from([30, 45, 120])}),
    st.fixed_dictionaries({"slot_interval_minutes": st.sampled_from([None, 20, 60])}),
    st.fixed_dictionaries({"buffer_before_minutes": st.sampled_from([0, 10])}),
    st.fixed_dictionaries({"buffer_after_minutes": st.sampled_from([0, 30])}),
    st.fixed_dictionaries({"min_notice_minutes": st.sampled_from([0, 1, 90, 1440])}),
    st.fixed_dictionaries({"max_advance_days": st.sampled_from([0, 1, 2, 60])}),
    st.fixed_dictionaries({"capacity": st.sampled_from([1, 2, 3])}),
    st.fixed_dictionaries({"daily_limit": st.sampled_from([None, 1, 2])}),
    st.fixed_dictionaries({"requires_approval": st.booleans()}),
    st.fixed_dictionaries({"price": st.sampled_from([None, {"amount": 500, "currency": "NGN"}])}),
)
roles = st.sampled_from(
    [None, [("a", [0, 1])], [("ab", [1])], [("a", [0]), ("b", [1])], [("b", [0]), ("a", [1, 2])], [("b", [1, 0])]]
)
