"""What cannot be needed at once, and who may not say so: each refusal with its code and place; nothing of it is done."""

from typing import Any

import pytest

from domain.accounts.rules import Role
from domain.kernel.ids import Kind, shown
from tests.builders import a_shop, a_user
from tests.flows.office import a_member, of_resource, office, said
from tests.flows.parlour import ANY, RESOURCES, SERVICES, Needs, Parlour, a_parlour, fault, need


@pytest.fixture
def parlour() -> Parlour:
    return a_parlour()


def test_a_resource_fills_one_role_of_a_service(parlour: Parlour) -> None:
    one, two, *_ = parlour.things
    service = parlour.offer(need(stylist=[one], chair=[two])).get_json()
    before = parlour.told()
    both = need(stylist=[one], chair=[two, one])

    expected = (422, "resource_in_two_roles", "/requirements")
    assert fault(parlour.offer(both)) == expected
    assert fault(parlour.change(service, requirements=both)) == expected
    assert parlour.told() == before
    assert parlour.needs(service) == {"stylist": [one], "chair": [two]}


def test_parties_that_share_have_one_resource_for_each_role(parlour: Parlour) -> None:
    one, two, three, *_ = parlour.things
    needs = need(teacher=[one], room=[two, three])
    service = parlour.offer(needs).get_json()
    alone = parlour.offer(need(teacher=[one], room=[two]), capacity=8).get_json()

    assert fault(parlour.offer(needs, capacity=8)) == (422, "one_resource_each", "/requirements")
    assert fault(parlour.change(service, capacity=8)) == (422, "one_resource_each", "/capacity")
    assert fault(parlour.change(alone, requirements=needs)) == (422, "one_resource_each", "/requirements")
    assert fault(parlour.change(service, capacity=8, requirements=needs)) == (422, "one_resource_each", "/requirements")
    assert parlour.offer(need(room=[two, three]), capacity=8).status_code == 201, "each room has its own party"
    assert parlour.change(alone, capacity=1, requirements=needs).status_code == 200
    assert parlour.change(alone, capacity=8, requirements=need(teacher=[one], room=[])).status_code == 200
    assert parlour.change(service, name="Trim").get_json()["capacity"] == 1


def test_what_a_service_of_several_roles_needs_is_said_on_the_service(parlour: Parlour) -> None:
    one, two, three, *_ = parlour.things
    service = parlour.offer(need(stylist=[one], chair=[two])).get_json()
    before = parlour.told()
    body = {"business_id": parlour.business_id, "name": "Chair", "service_ids": [service["id"]]}

    assert fault(parlour.mine.post(RESOURCES, body)) == (422, "role_needed", "/service_ids")
    path = f"{RESOURCES}/{three}"
    assert fault(parlour.mine.patch(path, {"service_ids": [service["id"]]})) == (422, "role_needed", "/service_ids")
    assert parlour.told() == before
    assert parlour.mine.patch(f"{RESOURCES}/{one}", {"service_ids": [service["id"]], "name": "X"}).status_code == 200
    assert parlour.mine.patch(f"{RESOURCES}/{one}", {"service_ids": []}).status_code == 200, "taking away is no matter"
    assert parlour.needs(service) == {"stylist": [], "chair": [two]}


@pytest.mark.parametrize(
    ("needs", "pointer"),
    [
        ([], "/requirements"),
        ([{"role": "x", "resource_ids": []}] * 2, "/requirements"),
        ([{"role": str(number), "resource_ids": []} for number in range(11)], "/requirements"),
        ({"role": "x", "resource_ids": []}, "/requirements"),
        ("stylist", "/requirements"),
        ([{"role": "", "resource_ids": []}], "/requirements/0/role"),
        ([{"role": "x" * 41, "resource_ids": []}], "/requirements/0/role"),
        ([{"role": "two\nlines", "resource_ids": []}], "/requirements/0/role"),
        ([{"role": None, "resource_ids": []}], "/requirements/0/role"),
        ([{"resource_ids": []}], "/requirements/0/role"),
        ([{"role": "x"}], "/requirements/0/resource_ids"),
        ([{"role": "x", "resource_ids": None}], "/requirements/0/resource_ids"),
        ([{"role": "x", "resource_ids": [1]}], "/requirements/0/resource_ids/0"),
        ([{"role": "x", "resource_ids": [], "count": 2}], "/requirements/0/count"),
    ],
    ids=str,
)
def test_requirements_that_make_no_sense_are_refused_where_they_do_not(
    parlour: Parlour, needs: object, pointer: str
) -> None:
    for answer in (
        parlour.mine.post(
            SERVICES,
            {"business_id": parlour.business_id, "name": "Cut", "duration_minutes": 30, "requirements": needs},
        ),
        parlour.mine.patch(
            f"{SERVICES}/{shown(Kind.SERVICE, parlour.shop.service.id)}", {"requirements": needs}, If_Match=ANY
        ),
    ):
        assert answer.status_code == 422
        assert [each["pointer"] for each in answer.get_json()["errors"]] == [pointer]


def test_the_most_that_fits_is_taken(parlour: Parlour) -> None:
    needs: Needs = [{"role": f"{number:040}", "resource_ids": []} for number in range(10)]

    assert parlour.offer(needs).get_json()["requirements"] == needs


def test_resources_that_are_not_there_cannot_be_needed(parlour: Parlour) -> None:
    one, two, *_ = parlour.things
    service = parlour.offer(need(stylist=[one], chair=[two])).get_json()
    gone = parlour.things[2]
    parlour.mine.delete(f"{RESOURCES}/{gone}")
    foreign = of_resource(a_shop()).removeprefix(f"{RESOURCES}/")
    before = parlour.told()

    for other in (gone, foreign, shown(Kind.RESOURCE, parlour.shop.business.id), service["id"], "res_x"):
        needs = need(stylist=[one], chair=[other])
        assert said(parlour.offer(needs)) == (404, "not_found")
        assert said(parlour.change(service, requirements=needs)) == (404, "not_found")
    assert parlour.told() == before


def test_only_admins_say_what_a_service_needs(parlour: Parlour) -> None:
    service = parlour.offer(need(stylist=parlour.things[:1], chair=[])).get_json()
    path = f"{SERVICES}/{service['id']}"
    body: dict[str, Any] = {"requirements": None}

    for who, code in ((a_user(), "members_only"), (a_member(parlour.shop, Role.STAFF), "admins_only")):
        assert said(office(who).patch(path, body, If_Match=ANY)) == (403, code)
    assert office(a_member(parlour.shop, Role.ADMIN)).patch(path, body, If_Match=ANY).status_code == 200


def test_what_an_archived_service_needs_changes_no_more(parlour: Parlour) -> None:
    service = parlour.offer(need(stylist=parlour.things[:1], chair=[])).get_json()
    parlour.mine.delete(f"{SERVICES}/{service['id']}", If_Match=ANY)

    assert said(parlour.change(service, requirements=None)) == (409, "archived")


def test_the_default_resource_stays_while_a_role_is_filled_by_it_alone(parlour: Parlour) -> None:
    shop, one = parlour.shop, parlour.things[0]
    default = of_resource(shop)
    itself = default.removeprefix(f"{RESOURCES}/")
    parlour.mine.delete(f"{SERVICES}/{shown(Kind.SERVICE, shop.service.id)}", If_Match=ANY)
    service = parlour.offer(need(house=[itself], stylist=[one])).get_json()

    assert said(parlour.mine.delete(default)) == (409, "default_resource_needed")
    parlour.change(service, requirements=need(house=[itself, parlour.things[1]], stylist=[one]))
    assert said(parlour.mine.delete(default)) == (200, None)


def test_the_default_resource_may_go_when_it_would_not_step_in_for_those_who_are_missing(parlour: Parlour) -> None:
    parlour.mine.delete(f"{SERVICES}/{shown(Kind.SERVICE, parlour.shop.service.id)}", If_Match=ANY)
    parlour.offer(need(stylist=[], chair=[]))

    assert said(parlour.mine.delete(of_resource(parlour.shop))) == (200, None)
