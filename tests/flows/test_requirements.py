"""What a service needs at once: said with it, shown, changed as a whole and taken back; both sides tell of it."""

from typing import Any

import pytest

from tests.builders import a_user
from tests.flows.office import office, said
from tests.flows.parlour import ANY, RESOURCES, SERVICES, Parlour, a_parlour, need


@pytest.fixture
def parlour() -> Parlour:
    return a_parlour()


def test_requirements_are_shown_as_they_were_said_wherever_the_service_is(parlour: Parlour) -> None:
    anna, bo, left, right, _ = parlour.things
    needs = need(stylist=[anna, bo], chair=[left, right])

    answer = parlour.offer(needs)

    made = answer.get_json()
    assert (answer.status_code, made["requirements"], made["version"]) == (201, needs, 1)
    path = f"{SERVICES}/{made['id']}"
    assert parlour.mine.get(path).get_json() == made
    assert office(a_user()).get(path).get_json()["requirements"] == needs, "to everybody"
    listed = parlour.mine.get(SERVICES, business_id=parlour.business_id).get_json()["data"]
    assert [each["requirements"] for each in listed] == [need(resource=[]), needs]
    assert [parlour.thing(number)["service_ids"] for number in range(5)] == [[made["id"]]] * 4 + [[]]
    for each in parlour.things[:4]:
        offering = parlour.mine.get(RESOURCES, business_id=parlour.business_id, service_id=made["id"]).get_json()
        assert each in [found["id"] for found in offering["data"]]


def test_a_service_needs_a_single_resource_unless_more_is_said(parlour: Parlour) -> None:
    plain = parlour.offer(None).get_json()
    assert plain["requirements"] == need(resource=[])

    one, two = parlour.things[:2]
    named = parlour.offer(need(teacher=[one])).get_json()
    assert named["requirements"] == need(teacher=[one])
    parlour.mine.patch(f"{RESOURCES}/{two}", {"service_ids": [named["id"], plain["id"]]})

    assert parlour.needs(named) == {"teacher": [one, two]}, "in the one role that there is"
    assert parlour.needs(plain) == {"resource": [two]}


def test_requirements_are_replaced_as_a_whole_and_null_takes_them_back(parlour: Parlour) -> None:
    anna, bo, left, right, lamp = parlour.things
    service = parlour.offer(need(stylist=[anna], chair=[left, right])).get_json()

    changed = parlour.change(service, requirements=need(lamp=[lamp], stylist=[bo, anna])).get_json()
    assert changed["requirements"] == need(lamp=[lamp], stylist=[anna, bo]), "the resources in order of their making"
    assert parlour.thing(2)["service_ids"] == []
    assert parlour.change(service, name="Trim").get_json()["requirements"] == changed["requirements"]

    assert parlour.change(service, requirements=None).get_json()["requirements"] == need(resource=[])
    assert [parlour.thing(number)["service_ids"] for number in range(5)] == [[]] * 5


def test_a_role_may_wait_for_somebody_to_fill_it(parlour: Parlour) -> None:
    service = parlour.offer(need(stylist=parlour.things[:1], chair=[])).get_json()

    assert parlour.needs(service) == {"stylist": [parlour.things[0]], "chair": []}
    parlour.mine.delete(f"{RESOURCES}/{parlour.things[0]}")
    assert parlour.needs(service) == {"stylist": [], "chair": []}


def test_the_default_resource_is_listed_only_for_what_it_steps_in_for(parlour: Parlour) -> None:
    several = parlour.offer(need(stylist=[], chair=[])).get_json()
    single = parlour.offer(need(stylist=[])).get_json()

    def offering(service: dict[str, Any]) -> list[bool]:
        page = parlour.mine.get(RESOURCES, business_id=parlour.business_id, service_id=service["id"]).get_json()
        return [each["is_default"] for each in page["data"]]

    assert offering(single) == [True]
    assert offering(several) == []


def test_what_is_said_again_changes_nothing(parlour: Parlour) -> None:
    anna, bo, left, *_ = parlour.things
    service = parlour.offer(need(stylist=[anna, bo], chair=[left])).get_json()
    before = parlour.told()

    for again in (need(stylist=[bo, anna, bo], chair=[left]), need(stylist=[anna, bo], chair=[left])):
        assert parlour.change(service, requirements=again).get_json()["version"] == 1
    assert parlour.change(parlour.offer(None).get_json(), requirements=None).get_json()["version"] == 1
    assert [parlour.thing(number)["version"] for number in range(5)] == [2, 2, 2, 1, 1]
    assert [each for each in parlour.told() if each[0] != "service.created"] == [
        each for each in before if each[0] != "service.created"
    ]


def test_both_sides_reach_a_new_version_and_the_feed_tells_the_cause_first(parlour: Parlour) -> None:
    anna, bo, left, right, _ = parlour.things
    service = parlour.offer(need(stylist=[anna], chair=[left])).get_json()
    begun = len(parlour.told()) - 3
    assert parlour.change(service, requirements=need(stylist=[bo], chair=[left, right])).get_json()["version"] == 2
    assert parlour.change(service, requirements=need(chair=[left, right], stylist=[bo])).get_json()["version"] == 3
    assert parlour.change(service, requirements=need(seat=[left, right], stylist=[bo])).get_json()["version"] == 4
    parlour.mine.patch(f"{RESOURCES}/{right}", {"service_ids": [], "name": "Left over"})
    parlour.mine.delete(f"{RESOURCES}/{bo}")
    parlour.change(service, requirements=None, name="Trim")
    parlour.mine.delete(f"{SERVICES}/{service['id']}", If_Match=ANY)

    me = service["id"]
    assert parlour.told()[begun:] == [
        *[("service.created", me, 1), ("resource.updated", anna, 2), ("resource.updated", left, 2)],
        *[("service.updated", me, 2), ("resource.updated", anna, 3)],
        *[("resource.updated", bo, 2), ("resource.updated", right, 2)],
        *[("service.updated", me, 3), ("service.updated", me, 4)],
        *[("resource.updated", right, 3), ("service.updated", me, 5)],
        *[("resource.archived", bo, 3), ("service.updated", me, 6)],
        *[("service.updated", me, 7), ("resource.updated", bo, 4), ("resource.updated", left, 3)],
        ("service.archived", me, 8),
    ]


def test_a_service_that_is_archived_is_no_more_among_what_its_resources_offer(parlour: Parlour) -> None:
    service = parlour.offer(need(stylist=parlour.things[:1], chair=parlour.things[1:2])).get_json()
    begun = len(parlour.told())

    parlour.mine.delete(f"{SERVICES}/{service['id']}", If_Match=ANY)

    assert [(parlour.thing(number)["service_ids"], parlour.thing(number)["version"]) for number in (0, 1)] == [
        ([], 3)
    ] * 2
    told = [("service.archived", service["id"], 2), *[("resource.updated", each, 3) for each in parlour.things[:2]]]
    assert parlour.told()[begun:] == told


def test_a_version_that_is_over_is_changed_on_neither_side(parlour: Parlour) -> None:
    one, two, *_ = parlour.things
    made = parlour.offer(need(stylist=[one], chair=[two]))
    path = f"{SERVICES}/{made.get_json()['id']}"
    assert made.headers["ETag"] == '"v1"'
    parlour.mine.patch(f"{RESOURCES}/{two}", {"service_ids": []}, If_Match='"v2"')

    for body in ({"requirements": None}, {"name": "X"}):
        assert said(parlour.mine.patch(path, body, If_Match='"v1"')) == (412, "stale_version")
    assert said(parlour.mine.patch(path, {"requirements": None})) == (428, "precondition_required")
    assert parlour.mine.patch(path, {"requirements": None}, If_Match='"v2"').headers["ETag"] == '"v3"'
    assert said(parlour.mine.patch(f"{RESOURCES}/{one}", {"name": "X"}, If_Match='"v2"')) == (412, "stale_version")
    assert parlour.mine.patch(f"{RESOURCES}/{one}", {"name": "X"}, If_Match='"v3"').status_code == 200
