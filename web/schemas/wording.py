"""Shapes of what the page of a booking has put into words: moments and money, as mails write them."""

from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.kernel.money import Money
from domain.notifications.rules.speech import Speech, speech
from web.answers import View
from web.fields import Timezone
from web.moments import Instant
from web.parsing import Schema
from web.schemas.messages import Locale
from web.schemas.services import Amount

MOST_MOMENTS = 300
"""More than a day has times that are five minutes apart; it costs no more than a password that is checked."""


def _spoken(tag: str) -> str:
    _speech(tag)
    return tag


def _speech(tag: str) -> Speech:
    found = speech(tag)
    if found is None:
        raise PydanticCustomError("invalid", "Input should be a locale that there are words for")
    return found


class WordingRequest(Schema):
    """What is to be put into words, and for whom."""

    locale: Annotated[Locale, AfterValidator(_spoken)]
    timezone: Timezone
    moments: Annotated[list[Instant], Field(max_length=MOST_MOMENTS)]
    amounts: Annotated[list[Amount], Field(max_length=10)]


class MomentView(View):
    """A moment in words: its date, its time of day, both, and the name of its zone."""

    date: str
    time: str
    whole: str
    zone: str


class WordingView(View):
    """The words, each list in the order in which they were asked for."""

    moments: list[MomentView]
    amounts: list[str]

    @classmethod
    def of(cls, asked: WordingRequest) -> "WordingView":
        """Put what is asked for into words."""
        spoken = _speech(asked.locale)
        amounts = [spoken.money(Money(each.amount, each.currency)) for each in asked.amounts]
        return cls(moments=[*_moments(spoken, asked)], amounts=amounts)


def _moments(spoken: Speech, asked: WordingRequest) -> Iterator[MomentView]:
    zone = ZoneInfo(asked.timezone)
    for moment in (each.astimezone(zone) for each in asked.moments):
        date, time = spoken.date(moment), spoken.time(moment)
        yield MomentView(date=date, time=time, whole=spoken.whole(moment), zone=spoken.zone(moment))
