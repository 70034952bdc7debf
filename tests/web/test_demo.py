"""The demo's data: made once, and found again."""

import json

from conftest import Caller
from flask.testing import FlaskClient

from tests.application import application


def test_the_demo_is_made_once_with_both_its_services(client: FlaskClient) -> None:
    runner = application().test_cli_runner()

    made, found = (json.loads(runner.invoke(args=["demo"]).output) for _ in range(2))

    assert made == found
    known = {name: made[name] for name in ("email", "password")}
    demo = Caller(client, client.post("/api/auth/login", json=known).get_json())
    services = demo.get(f"/api/services?business_id={made['business_id']}").get_json()["data"]
    assert [each["name"] for each in services] == ["Haircut", "Yoga class"]
    assert services[0]["id"] == made["service_id"]
