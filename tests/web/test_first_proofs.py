"""A reset that proves an address for the first time ends what was made before: somebody else may have registered with it."""

from typing import NamedTuple

import pytest
from conftest import Caller
from flask.testing import FlaskClient
from house import House

from domain.accounts.rules import Purpose
from tests import letters

NEW = "a quite different horse"


class Squatter(NamedTuple):
    """Somebody who has registered with an address, whoever's it is, and what they have made since."""

    caller: Caller
    key: str
    feed: str

    def has(self) -> dict[str, int]:
        """Ask with all of it, and return the answers."""
        client = self.caller.client
        by_key = {"Authorization": f"Bearer {self.key}"}
        refreshing = {"refresh_token": self.caller.tokens["refresh_token"]}
        return {
            "session": self.caller.get("/api/auth/me").status_code,
            "key": client.get("/api/auth/me", headers=by_key).status_code,
            "feed": client.get(self.feed).status_code,
            "refresh": client.post("/api/auth/refresh", json=refreshing).status_code,
        }


ALL = {"session": 200, "key": 200, "feed": 200, "refresh": 200}
NOTHING = {"session": 401, "key": 401, "feed": 404, "refresh": 401}


@pytest.fixture
def squatter(signed_in: Caller) -> Squatter:
    key = signed_in.post("/api/api-keys", {"name": "Till"}).get_json()["key"]
    feed = signed_in.post("/api/calendar-feeds", {"name": "Mine"}).get_json()["url"]
    return Squatter(signed_in, key, "/feeds/" + feed.rpartition("/")[2])


@pytest.fixture
def house(client: FlaskClient) -> House:
    return House(client)


def reset(client: FlaskClient, address: str, **more: bool) -> None:
    body = {"token": letters.forgotten(address), "password": NEW, **more}
    assert client.post("/api/auth/password/reset", json=body).status_code == 204


def verify(client: FlaskClient, address: str) -> None:
    body = {"token": letters.ticket(Purpose.VERIFY_EMAIL, address)}
    assert client.post("/api/auth/email/verify", json=body).status_code == 204


def test_whoever_takes_their_address_back_by_a_reset_shares_it_with_nobody(squatter: Squatter, address: str) -> None:
    reset(squatter.caller.client, address)
    assert squatter.has() == NOTHING


def test_a_link_that_proves_an_address_ends_nothing(squatter: Squatter, address: str) -> None:
    verify(squatter.caller.client, address)
    assert squatter.has() == ALL


def test_a_reset_of_a_proven_address_ends_its_sessions_only(squatter: Squatter, address: str) -> None:
    verify(squatter.caller.client, address)
    reset(squatter.caller.client, address)
    assert squatter.has() == {"session": 401, "key": 200, "feed": 200, "refresh": 401}


def test_whoever_has_proven_what_another_registered_takes_all_of_it_back(squatter: Squatter, address: str) -> None:
    verify(squatter.caller.client, address)
    reset(squatter.caller.client, address, end_access=True)
    assert squatter.has() == NOTHING


@pytest.mark.parametrize("proves", [True, False])
def test_the_audit_log_tells_what_a_reset_ended(squatter: Squatter, address: str, proves: bool) -> None:  # noqa: FBT001
    client = squatter.caller.client
    if proves:
        verify(client, address)
    reset(client, address, end_access=proves)
    tokens = client.post("/api/auth/login", json={"email": address, "password": NEW}).get_json()
    told = Caller(client, tokens).get("/api/audit-entries").get_json()["data"]
    ended = {each["action"]: each["through"]["kind"] for each in told if each["action"].endswith(".revoked")}
    assert ended == {"api_key.revoked": "mailed_link", "calendar_feed.revoked": "mailed_link"}


def test_what_is_made_after_the_proof_is_theirs(squatter: Squatter, address: str) -> None:
    client = squatter.caller.client
    reset(client, address)
    tokens = client.post("/api/auth/login", json={"email": address, "password": NEW}).get_json()
    mine = Caller(client, tokens)
    key = mine.post("/api/api-keys", {"name": "Mine"}).get_json()["key"]
    feed = mine.post("/api/calendar-feeds", {"name": "Mine"}).get_json()["url"]
    assert Squatter(mine, key, "/feeds/" + feed.rpartition("/")[2]).has() == ALL


def test_the_audit_log_tells_what_a_reset_left(house: House) -> None:
    owner, place = house.people["owner"], f"/api/businesses/{house.business['id']}"
    wanted = {"business_id": house.business["id"], "url": "https://example.com/hook"}
    endpoint = owner.post("/api/webhook-endpoints", wanted).get_json()
    others = house.people["admin"].post("/api/webhook-endpoints", wanted).get_json()
    invitation = owner.post(f"{place}/invitations", {"email": "bo@example.com", "role": "owner"}).get_json()
    address = house.user("owner")["email"]
    reset(house.client, address, end_access=True)
    tokens = house.client.post("/api/auth/login", json={"email": address, "password": NEW}).get_json()
    told = outlasted(Caller(house.client, tokens), "")
    assert told == {house.user("owner")["id"]: "owner", invitation["id"]: "owner", endpoint["id"]: None}
    seen = outlasted(house.people["admin"], f"?business_id={house.business['id']}")
    assert seen == {invitation["id"]: "owner", endpoint["id"]: None}
    assert others["id"] not in told


def test_a_reset_that_ends_no_access_tells_of_none(house: House) -> None:
    address = house.user("admin")["email"]
    reset(house.client, address)
    tokens = house.client.post("/api/auth/login", json={"email": address, "password": NEW}).get_json()
    assert outlasted(Caller(house.client, tokens), "") == {}


def outlasted(who: Caller, query: str) -> dict[str, str | None]:
    """Return what the audit log says to have outlasted a reset, with the role in which."""
    told = who.get(f"/api/audit-entries{query}").get_json()["data"]
    left = [each for each in told if each["action"].endswith(".outlasted_reset")]
    assert all(each["through"]["kind"] == "mailed_link" for each in left)
    return {each["subject"]["id"]: each["changes"].get("role", {}).get("to") for each in left}
