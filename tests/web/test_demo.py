"""The demo's data: made once, and found again."""

import json
from pathlib import Path

import pytest
from conftest import Caller, bearing
from flask.testing import FlaskClient

from config import demo as config_demo
from config.demo import kept_key
from config.settings import settings
from tests.application import application
from web import demo as web_demo
from web.app import create_app
from web.demo import EMAIL, PASSWORD, made
from web.pages import reference


def test_the_demo_is_made_once_with_both_its_services(client: FlaskClient) -> None:
    runner = application().test_cli_runner()

    made, found = (json.loads(runner.invoke(args=["demo"]).output) for _ in range(2))

    assert made == found
    known = {name: made[name] for name in ("email", "password")}
    demo = Caller(client, client.post("/api/auth/login", json=known).get_json())
    services = demo.get(f"/api/services?business_id={made['business_id']}").get_json()["data"]
    assert [each["name"] for each in services] == ["Haircut", "Yoga class"]
    assert services[0]["id"] == made["service_id"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep keys in a folder of this test's own."""
    own = settings().model_copy(update={"data_dir": tmp_path})
    monkeypatch.setattr(config_demo, "settings", lambda: own)
    return tmp_path / "keys" / "demo_api_key"


def test_the_pages_are_handed_a_key_of_the_demo_with_which_everything_can_be_tried(
    client: FlaskClient, here: Path
) -> None:
    made()
    answer = client.get("/docs/demo.json")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    found = answer.get_json()
    demo = bearing(client, found["api_key"])
    assert here.stat().st_mode & 0o777 == 0o600
    assert demo.get("/api/businesses").status_code == 200
    assert client.get("/docs/demo.json", headers={"Host": "rebound.example"}).status_code == 204
    ids = found["ids"]
    days = demo.get(f"/api/availability?service_id={ids['service_id']}&view=next").get_json()
    wanted = {name: ids[name] for name in ("business_id", "service_id")}
    assert demo.post("/api/bookings", {**wanted, "starts_at": days["slots"][0]["starts_at"]}).status_code == 202


def test_the_key_is_made_once_and_made_anew_where_it_is_lost(client: FlaskClient, here: Path) -> None:
    made()
    first = here.read_text()
    made()
    assert here.read_text() == first
    here.unlink()
    assert client.get("/docs/demo.json").status_code == 204
    made()
    assert here.read_text() != first
    assert bearing(client, first).get("/api/auth/me").status_code == 401
    tokens = client.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD}).get_json()
    keys = Caller(client, tokens).get("/api/api-keys").get_json()["data"]
    assert [each["name"] for each in keys].count("Pages of the API") == 1


def test_in_production_no_key_is_told(client: FlaskClient, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made()
    production = config_demo.settings().model_copy(update={"environment": "production"})
    for module in (config_demo, web_demo, reference):
        monkeypatch.setattr(module, "settings", lambda: production)
    assert here.exists()
    answer = client.get("/docs/demo.json")
    assert (answer.status_code, answer.data) == (204, b"")
    assert kept_key() is None
    assert "demo.json" not in create_app().test_client().get("/docs/api/bookings").text


def test_the_key_of_somebody_else_is_told_to_nobody(client: FlaskClient, signed_in: Caller, here: Path) -> None:
    made()
    here.write_text(signed_in.post("/api/api-keys", {"name": "mine"}).get_json()["key"])
    assert client.get("/docs/demo.json").status_code == 204
