"""Actors: who changes something, and what let them in. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.kernel.ids import Kind


class Through(StrEnum):
    """What somebody came through who changed something."""

    SESSION = "session"
    API_KEY = "api_key"
    MANAGE_LINK = "manage_link"
    MAILED_LINK = "mailed_link"
    COMMAND = "command"
    SYSTEM = "system"


NAMED: Mapping[Through, Kind] = {
    Through.SESSION: Kind.SESSION,
    Through.API_KEY: Kind.API_KEY,
    Through.MANAGE_LINK: Kind.BOOKING,
    Through.MAILED_LINK: Kind.ACCOUNT_TOKEN,
}
"""What `through_id` is an id of; who is at the server's own shell, and the server itself, have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user (None: nobody who is known as one), and the session, key or link that they came through."""

    through: Through
    through_id: UUID | None = None
    user_id: UUID | None = None


OPERATOR = Actor(through=Through.COMMAND)
SYSTEM = Actor(through=Through.SYSTEM)
