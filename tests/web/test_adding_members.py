"""Whom an admin can add as a member: somebody who has registered and proven their address, whatever its case."""

import pytest
from flask.testing import FlaskClient
from house import House, code

from tests.builders import prove


@pytest.fixture
def house(client: FlaskClient) -> House:
    return House(client)


def test_who_registered_with_an_address_that_may_be_anothers_is_not_added(house: House) -> None:
    squatter = house.user("stranger")["email"]
    refused = house.people["owner"].post(house.place, {"email": squatter, "role": "admin"})
    assert (refused.status_code, code(refused)) == (422, "unproven_address")
    assert refused.get_json()["errors"][0]["pointer"] == "/email"
    assert "stranger" not in house.roles()
    assert house.add("owner", "stranger", "admin").status_code == 201


def test_an_address_that_is_unknown_or_a_member_already_is_refused(house: House) -> None:
    unknown = house.people["owner"].post(house.place, {"email": "nobody@example.com", "role": "staff"})
    assert (unknown.status_code, code(unknown)) == (422, "unknown_user")
    assert unknown.get_json()["errors"][0]["pointer"] == "/email"
    assert code(house.add("owner", "staff", "admin")) == "already_member"
    assert house.roles()["staff"] == "staff"


def test_an_address_finds_its_user_whatever_its_case(house: House) -> None:
    prove(house.user("stranger")["email"])
    shouted = {"email": house.user("stranger")["email"].upper(), "role": "staff"}
    assert house.people["owner"].post(house.place, shouted).status_code == 201
