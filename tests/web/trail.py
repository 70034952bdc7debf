"""The trail: what a caller is told by the audit log."""

from typing import Any

from conftest import Caller

LOG = "/api/audit-entries"


def listed(caller: Caller, **filters: object) -> list[dict[str, Any]]:
    """Return the first page of what a caller is told, the newest first."""
    answer = caller.client.get(LOG, query_string=filters, headers=caller.headers)
    assert answer.status_code == 200, answer.get_json()
    data: list[dict[str, Any]] = answer.get_json()["data"]
    return data


def actions(entries: list[dict[str, Any]]) -> list[str]:
    return [each["action"] for each in entries]


def a_key(caller: Caller) -> dict[str, Any]:
    made: dict[str, Any] = caller.post("/api/api-keys", {"name": "Till"}).get_json()
    return made
