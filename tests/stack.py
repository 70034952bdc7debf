"""The whole thing for real: the Procfile's programs under our supervisor, and a caller who talks HTTP to them."""

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from config.local import ports
from config.local.places import Place
from config.local.procfile import Program, programs
from config.local.supervisor import Supervised, Supervisor

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60


class Stack:
    """Web, worker and beat on the servers that *environment* names; what dies is started again, as in real life.

    *servers* are tended too, and are their owner's to stop.
    """

    def __init__(self, place: Place, environment: Mapping[str, str], servers: Sequence[Supervised] = ()) -> None:
        port = str(ports.remembered(place.run / "web.port"))
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {"HOST": "127.0.0.1", "PORT": port, "DATA_DIR": str(place.data), "PATH": path}
        self.url = f"http://127.0.0.1:{port}"
        self.supervisor = Supervisor(servers, programs(place, ROOT, {"LOG_LEVEL": "WARNING", **environment, **own}))
        self._left = threading.Event()
        self._tending = threading.Thread(target=self._tend, name="supervisor")

    def __enter__(self) -> Self:
        """Start everything, and return when it is ready for a booking."""
        self._begun = time.monotonic()
        self.supervisor.start()
        self._tending.start()
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        """Leave no process."""
        self._left.set()
        self._tending.join()
        self.supervisor.stop(lambda: False)

    def program(self, name: str) -> Program:
        """Return one line of the Procfile."""
        return next(each for each in self.supervisor.programs if each.name == name)

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to a program and all its children; return the leader's pid."""
        process = self.program(name).process
        assert process is not None
        os.killpg(process.pid, number)
        return process.pid

    def wait_until_ready(self) -> None:
        """Return once web answers and a worker has done a tick of beat."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            assert time.monotonic() < deadline, f"not ready: see {self.program('web').log.parent}"
            time.sleep(0.1)

    def wait_until_back(self) -> None:
        """Return once beat, a worker and web have shown that they are there since this was called."""
        self._begun = time.monotonic()
        self.wait_until_ready()

    def _is_ready(self) -> bool:
        try:
            answer = requests.get(f"{self.url}/readyz", timeout=2)
        except requests.RequestException:
            return False
        age = answer.json().get("beat_age_seconds")
        # The age is cut to whole seconds, and an older one is from a test before us on the same database.
        return age is not None and age + 1 <= time.monotonic() - self._begun

    def _tend(self) -> None:
        while not self._left.wait(0.1):
            self.supervisor.tend()


class Caller:
    """Somebody signed in, over one connection that is kept."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        whom = {"email": f"{name}@example.com", "password": "a long enough password", "name": name}
        answer = self.call("POST", "/api/auth/register", json=whom)
        assert answer.status_code == 201, answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self.session.close()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401 - what requests takes
        """Ask, and give up after half a minute."""
        return self.session.request(method, self.url + path, timeout=30, **more)

    def made(self, path: str, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """Create something, and return it."""
        answer = self.call("POST", path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def shop(self, name: str, **service: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
        """Open a business with one service of half an hour; return their ids as a booking takes them."""
        business = self.made("/api/businesses", name=name, timezone="Africa/Lagos", currency="NGN")
        offer = {"name": "Cut", "duration_minutes": 30} | service
        made = self.made("/api/services", business_id=business["id"], **offer)
        return {"business_id": business["id"], "service_id": made["id"]}
