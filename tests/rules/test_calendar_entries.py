"""Calendars, read back by a parser that is not the one that writes them."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st

from domain.kernel.calendars import Appointment, Method, Person, Standing, invite, published

SALON = Person(name='Ada\'s "Salon"; hair, nails', email="salon@example.com")
BO = Person(name="Bo Ọbí", email="bo@example.com")
ZONES = (
    *("Africa/Lagos", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("Africa/Casablanca", "America/Santiago", "Pacific/Apia", "Europe/Dublin", "UTC"),
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
    lambda each: each.replace(second=0, microsecond=0)
)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=200)


def appointment(**other: object) -> Appointment:
    begin = datetime(2026, 3, 29, 14, 30, tzinfo=UTC)
    facts = {
        "uid": "bkg_01k5e2v8x3q7m9n4p6r0s2t4w6@example.com",
        "sequence": 3,
        "standing": Standing.CONFIRMED,
        "starts_at": begin,
        "ends_at": begin + timedelta(minutes=30),
        "timezone": "Europe/London",
        "summary": "Haircut",
        "changed_at": datetime(2026, 3, 1, 12, 0, 5, 999, tzinfo=UTC),
    }
    return Appointment(**facts | other)  # type: ignore[arg-type]


def read(text: bytes) -> vobject.base.Component:
    """Read a calendar with no zone in mind but those that it comes with: the parser remembers the ones of before."""
    vars(vobject.icalendar)["__tzidMap"].clear()
    vobject.icalendar.registerTzid("UTC", UTC)
    return vobject.readOne(text.decode(), validate=True)


def test_an_invitation_says_who_what_when_and_in_which_zone() -> None:
    found = read(invite(appointment(), Method.REQUEST, organizer=SALON, attendee=BO))
    event = found.vevent
    assert (found.method.value, found.version.value) == ("REQUEST", "2.0")
    assert event.uid.value == "bkg_01k5e2v8x3q7m9n4p6r0s2t4w6@example.com"
    assert (event.sequence.value, event.status.value, event.summary.value) == ("3", "CONFIRMED", "Haircut")
    assert event.dtstart.value.isoformat() == "2026-03-29T15:30:00+01:00"
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["Europe/London"]
    assert event.dtstamp.value == datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
    assert (event.organizer.value, event.attendee.value) == ("mailto:salon@example.com", "mailto:bo@example.com")
    assert event.attendee.params["CN"] == [BO.name]
    assert (event.attendee.params["PARTSTAT"], event.attendee.params["RSVP"]) == (["ACCEPTED"], ["FALSE"])


def test_a_cancellation_is_of_the_same_event_and_says_that_it_is_off() -> None:
    asked = read(invite(appointment(), Method.REQUEST, organizer=SALON, attendee=BO)).vevent
    off = read(invite(appointment(sequence=4), Method.CANCEL, organizer=SALON, attendee=BO))
    assert (off.method.value, off.vevent.status.value) == ("CANCEL", "CANCELLED")
    assert off.vevent.uid.value == asked.uid.value
    assert int(off.vevent.sequence.value) > int(asked.sequence.value)


def test_what_has_not_changed_has_the_same_bytes() -> None:
    assert published([appointment()], name="Salon") == published([appointment()], name="Salon")


@given(summary=TEXTS, description=TEXTS, location=TEXTS)
def test_no_text_comes_out_as_anything_but_itself(summary: str, description: str, location: str) -> None:
    text = published([appointment(summary=summary, description=description, location=location)])
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    event = read(text).vevent
    assert event.summary.value == summary
    assert [each.value for each in event.contents.get("description", [])] == [description] * bool(description)
    assert [each.value for each in event.contents.get("location", [])] == [location] * bool(location)


@pytest.mark.parametrize("words", ["a\nb", "BEGIN:VEVENT\r\nEND:VEVENT", "\\n literally", "semi;colon, comma"])
def test_words_that_look_like_calendar_lines_stay_words(words: str) -> None:
    found = read(published([appointment(description=words)]))
    assert found.vevent.description.value == words.replace("\r\n", "\n")
    assert len(found.vevent_list) == 1


@example(moments=[datetime(2026, 11, 1, 6, 30, tzinfo=UTC)], zone="America/New_York")  # the second pass of an hour
@example(moments=[datetime(2026, 11, 1, 5, 30, tzinfo=UTC)], zone="America/New_York")  # the first, which ends in it
@given(moments=st.lists(MOMENTS, min_size=1, max_size=6), zone=st.sampled_from(ZONES))
def test_every_moment_is_read_back_as_itself_by_the_zone_that_comes_with_it(moments: list[datetime], zone: str) -> None:
    made = [
        appointment(uid=f"{number}@example.com", starts_at=at, ends_at=at + timedelta(hours=1), timezone=zone)
        for number, at in enumerate(moments)
    ]
    found = read(published(made))
    for about, event in zip(made, found.vevent_list, strict=True):
        # In UTC: to compare what is in a zone with what is in another says no of any moment that comes twice.
        assert event.dtstart.value.astimezone(UTC) == about.starts_at
        assert event.dtend.value.astimezone(UTC) == about.ends_at
        begin = about.starts_at.astimezone(ZoneInfo(zone))
        if not begin.fold:
            assert event.dtstart.value.replace(tzinfo=None) == begin.replace(tzinfo=None)


def test_summer_time_begins_at_the_hour_that_the_clocks_showed_before() -> None:
    zone = read(published([appointment()])).vtimezone
    text = published([appointment()])
    assert b"DTSTART:20260329T010000" in text
    assert zone.tzid.value == "Europe/London"


def test_a_calendar_part_survives_a_mail() -> None:
    text = invite(appointment(summary="Cut für Bo"), Method.REQUEST, organizer=SALON, attendee=BO)
    mail = EmailMessage()
    mail.set_content("See the calendar.")
    mail.add_alternative(text.decode(), subtype="calendar", params={"method": "REQUEST"})
    part = mail.get_payload(1)
    assert read(part.get_payload(decode=True)).vevent.summary.value == "Cut für Bo"


def test_in_the_second_pass_of_a_repeated_hour_the_moment_is_told_by_utc() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for begin in (first, second):
        about = appointment(timezone="Europe/Berlin", starts_at=begin, ends_at=begin + timedelta(minutes=20))
        event = read(published([about])).vevent
        assert event.dtstart.value.astimezone(UTC) == begin
        assert event.dtend.value.astimezone(UTC) == begin + timedelta(minutes=20)
    assert b"DTSTART:20261025T013000Z" in published([about])
