"""Members: who may see, add, change and remove whom, and that an owner is always left."""

import pytest
from flask.testing import FlaskClient
from house import ROLES, House, code


@pytest.fixture
def house(client: FlaskClient) -> House:
    return House(client)


def test_members_see_each_other_in_the_order_in_which_they_joined(house: House) -> None:
    rows = house.people["staff"].get(house.place).get_json()["data"]
    assert [(row["name"], row["role"]) for row in rows] == [(role, role) for role in ROLES]
    assert rows[1]["user_id"] == house.user("admin")["id"]
    assert rows[1]["email"] == house.user("admin")["email"]
    assert rows[1]["business_id"] == house.business["id"]
    one = house.people["staff"].get(f"{house.place}/{rows[1]['user_id']}")
    assert one.get_json() == rows[1]


def test_everybody_sees_what_they_are_to_which_business(house: House) -> None:
    for name in ROLES:
        mine = house.people[name].get("/api/auth/me").get_json()["memberships"]
        assert mine == [{"business_id": house.business["id"], "role": name}]
    assert house.people["stranger"].get("/api/auth/me").get_json()["memberships"] == []


def test_members_are_listed_page_by_page(house: House) -> None:
    seen, cursor = [], ""
    for _ in ROLES:
        page = house.people["admin"].get(f"{house.place}?limit=1{cursor}").get_json()
        seen += [row["name"] for row in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert tuple(seen) == ROLES
    assert not page["has_more"]


def test_a_business_is_named_by_its_slug_too(house: House) -> None:
    by_slug = house.people["staff"].get(f"/api/businesses/{house.business['slug']}/members")
    assert by_slug.get_json() == house.people["staff"].get(house.place).get_json()


def test_who_is_no_member_neither_sees_nor_changes_members(house: House) -> None:
    answers = [
        house.people["stranger"].get(house.place),
        house.people["stranger"].get(f"{house.place}/{house.user('owner')['id']}"),
        house.add("stranger", "stranger", "staff"),
        house.change("stranger", "staff", "admin"),
        house.remove("stranger", "staff"),
        house.remove("stranger", "stranger"),
    ]
    assert set(map(code, answers)) == {"members_only"}


def test_a_business_that_does_not_exist_has_no_members(house: House) -> None:
    nowhere = "/api/businesses/biz_01k5e2v8x3q7m9n4p6r0s2t4w6/members"
    assert house.people["owner"].get(nowhere).status_code == 404
    assert house.people["owner"].post(nowhere, {"email": "a@example.com", "role": "staff"}).status_code == 404


def test_members_of_an_archived_business_are_listed_leave_and_are_removed(house: House) -> None:
    assert house.people["owner"].delete(f"/api/businesses/{house.business['id']}").status_code == 200
    assert [row["name"] for row in house.people["staff"].get(house.place).get_json()["data"]] == [*ROLES]
    assert code(house.change("owner", "admin", "staff")) == 200
    assert code(house.remove("staff", "staff")) == 204
    assert code(house.remove("owner", "admin")) == 204
    assert house.roles() == {"owner": "owner"}
    assert code(house.people["stranger"].get(house.place)) == "not_found"


@pytest.mark.parametrize(
    ("by", "role", "outcome"),
    [
        ("owner", "owner", 201),
        ("owner", "admin", 201),
        ("owner", "staff", 201),
        ("admin", "owner", "owners_only"),
        ("admin", "admin", 201),
        ("admin", "staff", 201),
        ("staff", "staff", "admins_only"),
    ],
)
def test_who_may_add_whom(house: House, by: str, role: str, outcome: object) -> None:
    assert code(house.add(by, "stranger", role)) == outcome
    assert ("stranger" in house.roles()) is (outcome == 201)


@pytest.mark.parametrize(
    ("by", "whom", "role", "outcome"),
    [
        ("owner", "staff", "owner", 200),
        ("owner", "admin", "staff", 200),
        ("admin", "staff", "admin", 200),
        ("admin", "admin", "staff", 200),
        ("admin", "staff", "owner", "owners_only"),
        ("admin", "owner", "staff", "owners_only"),
        ("staff", "staff", "admin", "admins_only"),
        ("staff", "admin", "staff", "admins_only"),
        ("owner", "stranger", "staff", "not_found"),
        ("owner", "owner", "admin", "last_owner"),
    ],
)
def test_who_may_make_what_of_whom(house: House, by: str, whom: str, role: str, outcome: object) -> None:
    before = house.roles()
    assert code(house.change(by, whom, role)) == outcome
    assert house.roles() == (before | {whom: role} if outcome == 200 else before)


@pytest.mark.parametrize(
    ("by", "whom", "outcome"),
    [
        ("owner", "admin", 204),
        ("admin", "staff", 204),
        ("admin", "admin", 204),
        ("staff", "staff", 204),
        ("admin", "owner", "owners_only"),
        ("staff", "admin", "admins_only"),
        ("owner", "stranger", "not_found"),
        ("owner", "owner", "last_owner"),
    ],
)
def test_who_may_remove_whom(house: House, by: str, whom: str, outcome: object) -> None:
    before = house.roles()
    assert code(house.remove(by, whom)) == outcome
    assert house.roles().keys() == before.keys() - ({whom} if outcome == 204 else set())


def test_an_owner_may_go_once_there_is_another(house: House) -> None:
    assert house.change("owner", "admin", "owner").status_code == 200
    assert house.change("admin", "owner", "staff").status_code == 200
    assert code(house.change("admin", "admin", "admin")) == "last_owner"
    assert code(house.remove("admin", "admin")) == "last_owner"


def test_a_new_role_counts_from_the_next_request_on(house: House) -> None:
    assert code(house.add("staff", "stranger", "staff")) == "admins_only"
    house.change("owner", "staff", "admin")
    assert code(house.add("staff", "stranger", "staff")) == 201
    house.remove("owner", "staff")
    assert code(house.people["staff"].get(house.place)) == "members_only"


def test_a_member_changes_only_at_the_version_that_is_named(house: House) -> None:
    place = f"{house.place}/{house.user('staff')['id']}"
    assert house.people["owner"].get(place).headers["ETag"].startswith('"v1-')
    changed = house.change("owner", "staff", "admin", If_Match='"v1"')
    assert (changed.status_code, changed.headers["ETag"], changed.get_json()["version"]) == (200, '"v2"', 2)
    stale = house.change("owner", "staff", "staff", If_Match='"v1"')
    assert (code(stale), stale.get_json()["version"]) == ("stale_version", 2)
    assert house.roles()["staff"] == "admin"


def test_there_is_no_fourth_role(house: House) -> None:
    assert code(house.add("owner", "stranger", "boss")) == "invalid"


def test_each_change_is_an_event_and_what_changes_nothing_is_none(house: House) -> None:
    house.change("owner", "staff", "staff")
    house.change("owner", "staff", "admin")
    house.remove("staff", "staff")
    assert house.events() == [
        ("member.added", 1, {"role": "admin"}),
        ("member.added", 1, {"role": "staff"}),
        ("member.changed", 2, {"from_role": "staff", "role": "admin"}),
        ("member.removed", 3, {"from_role": "admin"}),
    ]


def test_adding_a_member_can_be_repeated_under_its_key(house: House) -> None:
    first, again = (house.add("owner", "stranger", "staff", Idempotency_Key="k") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
