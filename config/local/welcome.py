"""The first booking: a line to copy, made from the demo data."""

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener
from zoneinfo import ZoneInfo

DAYS = 7
SECONDS = 10
PREFERRED = "14:00"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Who signs in, and what they book."""

    email: str
    password: str
    business_id: str
    service_id: str

    @classmethod
    def read(cls, output: str) -> "Demo":
        """Read the last line of what `flask demo` printed."""
        return cls(**json.loads(output.strip().splitlines()[-1]))


def welcome(base_url: str, demo: Demo) -> Sequence[str]:
    """Sign in and look for a free slot; return the lines to print. An API that fails becomes a line that says so.

    So does a demo whose password is another by now, as by a link in its mail: that is for who did it to undo.
    """
    lines = [f"sign in   {demo.email}  password {demo.password}"]
    try:
        token = _call(f"{base_url}/api/auth/login", body={"email": demo.email, "password": demo.password})[
            "access_token"
        ]
        start = _free_start(base_url, demo, token, datetime.now(UTC))
    except HTTPError as error:
        if error.code == HTTPStatus.UNAUTHORIZED:
            return _changed(base_url, demo)
        return [*lines, f"book      no example can be given: {error}"]
    except (URLError, OSError, KeyError, ValueError) as error:
        return [*lines, f"book      no example can be given: {error}"]
    if start is None:
        return [*lines, f"book      nothing is free in the coming {DAYS} days"]
    return [
        *lines,
        "book      " + booking_line(base_url, demo, token, start),
        "watch     " + watch_line(base_url, token),
    ]


def _changed(base_url: str, demo: Demo) -> Sequence[str]:
    body = shlex.quote(json.dumps({"email": demo.email}))
    forgot = f"curl -X POST {base_url}/api/auth/password/forgot -H 'Content-Type: application/json' -d {body}"
    return [
        f"sign in   {demo.email} has another password by now, and {base_url}/docs/api may sign nobody in",
        f"          to choose {demo.password} again by a link in {base_url}/mailbox, and start anew: {forgot}",
    ]


def booking_line(base_url: str, demo: Demo, token: str, start: datetime) -> str:
    """Return the curl command that books *start*, which carries the business's own offset."""
    body = json.dumps(
        {
            "business_id": demo.business_id,
            "service_id": demo.service_id,
            "date": f"{start:%Y-%m-%d}",
            "time": f"{start:%H:%M}",
        }
    )
    headers = f"-H {shlex.quote(f'Authorization: Bearer {token}')} -H 'Content-Type: application/json'"
    return f"curl -X POST {base_url}/api/bookings {headers} -d {shlex.quote(body)}"


def watch_line(base_url: str, token: str) -> str:
    """Return the curl command that waits for a decision; the booking's id comes from the first one's answer."""
    return f"curl '{base_url}/api/bookings/BOOKING_ID?wait=10' -H {shlex.quote(f'Authorization: Bearer {token}')}"


def preferred(starts: Sequence[datetime]) -> datetime | None:
    """Return the first start at two in the afternoon, else the first, else None."""
    return next((start for start in starts if f"{start:%H:%M}" == PREFERRED), starts[0] if starts else None)


def _free_start(base_url: str, demo: Demo, token: str, now: datetime) -> datetime | None:
    days = {"from": (now + timedelta(days=1)).date().isoformat(), "to": (now + timedelta(days=DAYS)).date().isoformat()}
    answer = _call(f"{base_url}/api/availability?{urlencode({'service_id': demo.service_id, **days})}", token=token)
    zone = ZoneInfo(answer["timezone"])
    return preferred([datetime.fromisoformat(slot["starts_at"]).astimezone(zone) for slot in answer["slots"]])


def _call(url: str, *, token: str = "", body: object = None) -> Any:  # noqa: ANN401 - JSON
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = Request(url, data=json.dumps(body).encode() if body else None, headers=headers)  # noqa: S310 - our own http:// address
    with build_opener(ProxyHandler({})).open(request, timeout=SECONDS) as answer:
        return json.load(answer)
