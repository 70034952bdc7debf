"""Versions put in order: those of events about one subject rise, and no tag of what is gone fits what came after it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from house import House, code
from sqlalchemy import select
from werkzeug.test import TestResponse

from config.transaction import transaction
from domain.kernel.events import Event
from domain.kernel.ids import Kind, shown
from domain.kernel.outside import SUBJECTS
from domain.kernel.plot import PLOT
from tests.asking import BODIES
from tests.belongings import WORDS
from tests.everything import Everything
from web.app import create_app

APP = create_app()
PLACE = "/api/businesses/{slug}"
TEMPLATE = PLACE + "/message-templates/confirmed/en"
SCHEDULE = "/api/resources/{resource_id}/schedule"
ANY = {"If-Match": "*"}


def ask(world: Everything, name: str, body: object = None, **headers: str) -> TestResponse:
    method, _, path = name.partition(" ")
    signed = world.headers("owner") | headers
    return APP.test_client().open(world.path(path), method=method, json=body, headers=signed)


def done(world: Everything, name: str, body: object = None, **headers: str) -> dict[str, Any]:
    answer = ask(world, name, body, **headers)
    assert answer.status_code < 300, (name, answer.get_json())
    return answer.get_json(silent=True) or {}


def told(world: Everything) -> list[Event]:
    """Return what has happened in a world's business, in the order of the feed."""
    mine = select(Event).where(Event.business_id == world.shop.business.id)
    with transaction() as session:
        return [*session.scalars(mine.order_by(Event.xid, Event.id))]


def about_each(events: list[Event]) -> Iterator[list[tuple[int, str]]]:
    """Yield the versions of what was told about each subject, by the id that callers know, with its kind."""
    found: dict[str, list[tuple[int, str]]] = {}
    for each in events:
        subject = shown(SUBJECTS[each.kind.partition(".")[0]], each.subject_id)
        found.setdefault(subject, []).append((each.subject_version, each.kind))
    yield from found.values()


def of_settings(world: Everything, turn: int) -> None:
    """Change the business, and what it chose, by turns."""
    done(world, f"PATCH {PLACE}/message-settings", {"locale": ("ar-EG", "en-GB")[turn]})
    done(world, f"PATCH {PLACE}", {"city": f"{turn}"}, **ANY)
    done(world, f"PUT {PLACE}/reminder-rules", {"rules": [{"notice": "reminder", "minutes": 90 + turn}]})
    done(world, f"PUT {TEMPLATE}", WORDS | {"subject": f"{turn}"})
    done(world, f"PUT {TEMPLATE.replace('en', 'ar')}", WORDS)
    done(world, f"DELETE {TEMPLATE}")
    done(world, f"PATCH {PLACE}", {"city": f"again {turn}"}, **ANY)
    done(world, f"PUT {TEMPLATE}", WORDS)


def of_people(world: Everything, turn: int) -> None:
    """Add somebody, change their role, remove them; invite, and take it back."""
    customer = shown(Kind.USER, world.people["customer"].user_id)
    done(world, f"POST {PLACE}/members", {"email": world.proven("customer"), "role": "staff"})
    done(world, f"PATCH {PLACE}/members/{customer}", {"role": "admin"})
    done(world, f"DELETE {PLACE}/members/{customer}")
    letter = done(world, f"POST {PLACE}/invitations", {"email": f"{turn}.{customer}@example.com", "role": "staff"})
    done(world, f"DELETE {PLACE}/invitations/{letter['id']}")


def of_offers(world: Everything, turn: int) -> None:
    """Change a service and a resource, who offers what, the hours of both, and time off."""
    services = world.ids["service_id"]
    done(world, "PATCH /api/services/{service_id}", {"duration_minutes": 30 + 15 * turn}, **ANY)
    done(world, "PATCH /api/resources/{resource_id}", {"service_ids": [], "name": f"{turn}"}, **ANY)
    done(world, "PATCH /api/resources/{resource_id}", {"service_ids": [*services]}, **ANY)
    done(world, f"DELETE {SCHEDULE}", **ANY)
    done(world, f"PUT {SCHEDULE}", BODIES[f"PUT {SCHEDULE}"](world))
    done(world, f"PUT {SCHEDULE}", {"weekly": [], "overrides": []}, **ANY)
    off = done(world, "POST /api/time-off", BODIES["POST /api/time-off"](world))
    done(world, f"PATCH /api/time-off/{off['id']}", {"reason": "Holidays"})
    done(world, f"DELETE /api/time-off/{off['id']}")


def of_hooks(world: Everything, turn: int) -> None:
    """Change where events are sent, and whom the money goes to."""
    done(world, "PATCH /api/webhook-endpoints/{endpoint_id}", {"types": [("booking.*", "payment.*")[turn]]})
    for what in ("rotate-secret", "disable", "enable"):
        done(world, f"POST /api/webhook-endpoints/{{endpoint_id}}/{what}")
    account = PLACE + "/provider-accounts/{account_id}"
    done(world, f"PATCH {account}", BODIES["PATCH /api/businesses/{slug}/provider-accounts/{account_id}"](world))


def of_the_end(world: Everything) -> None:
    """Take all of it away."""
    done(world, "DELETE /api/webhook-endpoints/{endpoint_id}")
    done(world, PLACE.join(("DELETE ", "/provider-accounts/{account_id}")))
    done(world, "PATCH /api/bookings/{booking_id}/status", {"status": "cancelled"})
    done(world, "DELETE /api/resources/{resource_id}", **ANY)
    done(world, "DELETE /api/services/{service_id}", **ANY)
    done(world, f"DELETE {PLACE}", **ANY)


def test_whatever_happens_the_versions_of_what_is_told_about_one_subject_rise() -> None:
    world = Everything(APP).complete()
    for turn in range(2):
        for steps in (of_settings, of_people, of_offers, of_hooks):
            steps(world, turn)
    of_the_end(world)

    events = told(world)

    nouns = {kind.partition(".")[0] for kind in PLOT} - {"user", "dispute"}  # of no business; and of a bank
    assert {each.kind.partition(".")[0] for each in events} == nouns
    for line in about_each(events):
        assert all(before < after for (before, _), (after, _) in pairwise(line)), line


def test_a_member_who_comes_back_goes_on_where_they_had_got_to(client: Any) -> None:  # noqa: ANN401 - Flask's
    house = House(client)
    house.change("owner", "staff", "admin")
    for _ in range(2):
        assert code(house.remove("owner", "staff")) == 204
        assert code(house.add("owner", "staff", "staff")) == 201

    lines = [(version, kind) for kind, version, _ in house.events() if version > 1 or kind != "member.added"]
    assert lines == [
        (2, "member.changed"),
        *((3, "member.removed"), (4, "member.added"), (5, "member.removed"), (6, "member.added")),
    ]
    assert code(house.change("owner", "staff", "admin", If_Match='"v2"')) == "stale_version"


def test_a_tag_of_a_template_that_was_taken_back_does_not_fit_the_one_of_a_colleague() -> None:
    world = Everything(APP)
    tag = ask(world, f"PUT {TEMPLATE}", WORDS).headers["ETag"]
    done(world, f"DELETE {TEMPLATE}")
    done(world, f"PUT {TEMPLATE}", WORDS | {"text": "A colleague's"})

    answer = ask(world, f"PUT {TEMPLATE}", WORDS | {"text": "Mine over theirs"}, **{"If-Match": tag})

    assert (answer.status_code, answer.get_json()["version"]) == (412, 2)
    assert done(world, f"GET {TEMPLATE}")["text"] == "A colleague's"


@pytest.mark.parametrize("name", [f"PUT {SCHEDULE}", f"DELETE {SCHEDULE}"])
def test_a_tag_of_hours_that_were_taken_away_does_not_fit_those_that_a_colleague_gave(name: str) -> None:
    world = Everything(APP)
    tag = ask(world, f"GET {SCHEDULE}").headers["ETag"]
    done(world, f"DELETE {SCHEDULE}", **ANY)
    theirs = {"weekly": [{"weekday": 6, "start": "10:00", "end": "12:00"}], "overrides": []}
    done(world, f"PUT {SCHEDULE}", theirs)

    answer = ask(world, name, {"weekly": [], "overrides": []} if "PUT" in name else None, **{"If-Match": tag})

    assert (answer.status_code, answer.get_json()["version"]) == (412, 3)
    assert done(world, f"GET {SCHEDULE}")["weekly"] == theirs["weekly"]


def test_what_a_business_chose_is_told_at_its_own_version() -> None:
    world = Everything(APP)
    of_settings(world, 0)

    last = [each.subject_version for each in told(world) if each.subject_id == world.shop.business.id][-1]

    assert done(world, f"GET {PLACE}")["version"] == last
