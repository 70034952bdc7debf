"""A merchant who asks the providers by HTTP alone."""

from typing import Any

import requests


class Shop:
    """Whoever has a key, and asks at *base*."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base
        self.headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method: str, path: str, timeout: float = 5, **more: Any) -> requests.Response:  # noqa: ANN401 - what requests takes
        """Ask, and give up after *timeout* seconds."""
        headers = self.headers | more.pop("headers", {})
        return requests.request(method, self.base + path, timeout=timeout, headers=headers, **more)

    def begun(self, reference: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Begin a transaction of 4,500 naira at Paystack."""
        body = {"email": "ada@example.com", "amount": 450_000, "reference": reference} | more
        answer = self.ask("POST", "/transaction/initialize", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])
