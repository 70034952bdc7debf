"""Calendars as answers: iCalendar text, with a tag of what it is made of, so that what is known is not written again."""

import hashlib
from collections.abc import Sequence

from flask import Response, request

from domain.kernel.calendars import Appointment, published
from web.answers import Answer

MEDIA_TYPE = "text/calendar"
CALENDAR = {
    "description": "The calendar",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"}},
}
"""How the document describes such an answer."""

WRITTEN_AS = "1"
"""Part of every tag: raise it when the same appointments are written in another way."""


def calendar(appointments: Sequence[Appointment], *, file_name: str, name: str | None = None) -> Response:
    """Answer with appointments, or with 304 for a caller who has just these."""
    facts = repr((WRITTEN_AS, name, [*appointments])).encode()
    tag = hashlib.sha256(facts).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if request.if_none_match.contains_weak(tag):
        return Answer(status=304, headers=headers).response()
    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    text = published(appointments, name=name)
    return Response(text, headers=headers, content_type=f"{MEDIA_TYPE}; charset=utf-8")
