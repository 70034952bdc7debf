"""Stopping for real: each process of the Procfile is told to end, by SIGTERM and under load, and leaves nobody alone."""

import json
import secrets
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import requests
from psycopg.rows import dict_row

from config.local.places import place_at
from domain.kernel.ids import Kind, parsed
from domain.kernel.plot import ADVANCE
from tests.builders import weekday
from tests.servers import untouched
from tests.stack import Caller, Stack

SOON = 5.0  # seconds for a web server whose requests are short; it is given 25
STOP = 4
PATIENCE = 30.0
AT_ONCE = 4


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """Yield the environment of processes that get little time to stop, and a Stripe that never answers."""
    with untouched() as environment, socket.create_server(("127.0.0.1", 0)) as silent:
        stripe = f"http://127.0.0.1:{silent.getsockname()[1]}"
        yield {**environment, "LOG_LEVEL": "INFO", "STOP_SECONDS": str(STOP), "STRIPE_API_BASE": stripe}


@pytest.fixture(scope="module")
def stack(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(place_at(tmp_path_factory.mktemp("stack")), environment) as stack:
        yield stack


@pytest.fixture
def ada(stack: Stack) -> Iterator[Caller]:
    stack.wait_until_back()
    with Caller(stack.url, f"ada-{secrets.token_hex(4)}") as ada:
        yield ada


@pytest.fixture
def wish(ada: Caller) -> dict[str, str]:
    return {**ada.shop("Ada's Salon"), "date": weekday().date().isoformat(), "time": "14:00"}


@contextmanager
def held(stack: Stack, name: str) -> Iterator[None]:
    """Keep a program from doing anything for as long as the block lasts."""
    stack.signal(name, signal.SIGSTOP)
    try:
        yield
    finally:
        stack.signal(name, signal.SIGCONT)


def told_to_stop(stack: Stack, name: str) -> "subprocess.Popen[bytes]":
    """Send a program SIGTERM, as whatever runs it does; return what ends by that."""
    process = stack.program(name).process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    return process


def until(is_so: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def sample(stack: Stack, name: str) -> float:
    """Return one line of /metrics."""
    lines = requests.get(f"{stack.url}/metrics", timeout=10).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))


def test_who_waits_is_told_at_once_that_it_is_accepted(stack: Stack, ada: Caller, wish: dict[str, str]) -> None:
    def ask(_: int) -> tuple[int, str, float]:
        answer = requests.post(
            f"{stack.url}/api/bookings", json=wish, timeout=30, headers={**ada.session.headers, "Prefer": "wait=25"}
        )
        return answer.status_code, answer.json()["status"], time.monotonic()

    with held(stack, "worker"), ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(ask, number) for number in range(AT_ONCE)]
        until(lambda: sample(stack, "aionbooking_http_requests_waiting") == AT_ONCE, "they do not wait")
        begun = time.monotonic()
        web = told_to_stop(stack, "web")
        answers = [each.result() for each in asked]
        assert web.wait(PATIENCE) == 0
        took = time.monotonic() - begun
    assert {answer[:2] for answer in answers} == {(202, "pending")}
    assert max(at for *_, at in answers) - begun < SOON
    assert took < SOON


def test_what_the_web_server_has_taken_up_it_answers(stack: Stack, ada: Caller) -> None:
    answered: set[str] = set()
    over = threading.Event()

    def ask(_: int) -> None:
        with requests.Session() as session:
            session.headers.update(ada.session.headers)
            while not over.is_set():
                answered.update(answer_to(session, f"{stack.url}/api/bookings"))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(ask, number) for number in range(AT_ONCE)]
        until(lambda: len(answered) > 50, "nobody is answered")
        web = told_to_stop(stack, "web")
        assert web.wait(PATIENCE) == 0
        over.set()
        for each in asked:
            each.result()
    taken_up = {line["request_id"] for line in logged(stack, "web") if line["event"] == "request"}
    assert {each for each in taken_up if each.startswith("stop-")} - answered == set()


def answer_to(session: requests.Session, url: str) -> Iterator[str]:
    """Ask once, and yield the id of the request if anybody takes it up."""
    try:
        answer = session.get(url, headers={"X-Request-Id": f"stop-{secrets.token_hex(8)}"}, timeout=30)
    except requests.ConnectionError:
        return
    assert answer.status_code == 200
    yield answer.headers["X-Request-Id"]


def logged(stack: Stack, name: str) -> list[dict[str, Any]]:
    """Return what a program has logged."""
    return [json.loads(line) for line in stack.program(name).log.read_text().splitlines() if line.startswith("{")]


@contextmanager
def busy(environment: dict[str, str], wish: dict[str, str]) -> Iterator[psycopg.Connection]:
    """Hold the lane of a business, so that whoever decides in it is at that for as long as the block lasts."""
    business_id = str(parsed(Kind.BUSINESS, wish["business_id"]))
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        connection.execute("SELECT FROM lanes WHERE business_id = %s FOR UPDATE", (business_id,))
        yield connection


def job_of(environment: dict[str, str], about: str, kind: str = "bookings.allocate") -> dict[str, Any]:
    """Return the job of a kind about a booking or a payment."""
    ref_id = parsed(Kind(about.partition("_")[0]), about)
    statement = "SELECT *, lease_until <= now() AS is_due FROM jobs WHERE kind = %s AND ref_id = %s"
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True, row_factory=dict_row) as connection:
        (row,) = connection.execute(statement, (kind, ref_id)).fetchall()
    return row


def test_a_worker_finishes_what_it_is_at(
    stack: Stack, environment: dict[str, str], ada: Caller, wish: dict[str, str]
) -> None:
    before = len(logged(stack, "worker"))
    with busy(environment, wish):
        booking = ada.call("POST", "/api/bookings", json=wish).json()["id"]
        until(lambda: job_of(environment, booking)["leased_by"] is not None, "nobody takes it")
        leased_by = job_of(environment, booking)["leased_by"]
        worker = told_to_stop(stack, "worker")
        until(lambda: "worker_stopping" in events(stack, "worker", before), "it was not told")
        assert job_of(environment, booking)["leased_by"] == leased_by
    assert worker.wait(PATIENCE) == 0
    assert job_of(environment, booking)["state"] == "done"
    assert "worker_left_tasks_unfinished" not in events(stack, "worker", before)


def test_what_a_worker_cannot_finish_is_due_at_once(
    stack: Stack, environment: dict[str, str], ada: Caller, wish: dict[str, str]
) -> None:
    with busy(environment, wish):
        booking = ada.call("POST", "/api/bookings", json=wish).json()["id"]
        until(lambda: job_of(environment, booking)["leased_by"] is not None, "nobody takes it")
        published = job_of(environment, booking)["published"]
        begun = time.monotonic()
        worker = told_to_stop(stack, "worker")
        assert worker.wait(PATIENCE) == 1
        took = time.monotonic() - begun
        job = job_of(environment, booking)
        assert (job["state"], job["leased_by"], job["attempts"]) == ("ready", None, 0)
        assert took < STOP + 5
        # Whichever relay is left says so to the workers that are.
        until(lambda: job_of(environment, booking)["published"] > published, "nobody is told of it")
        assert time.monotonic() - begun < took + SOON
    stack.wait_until_back()
    assert ada.call("GET", f"/api/bookings/{booking}", params={"wait": 25}).json()["status"] == "confirmed"


def test_so_is_what_a_thread_cannot_finish(stack: Stack, environment: dict[str, str], ada: Caller) -> None:
    priced = ada.shop("Ada's Salon", price={"amount": 450_000, "currency": "NGN"}, payment_required=True)
    wish = {**priced, "date": weekday().date().isoformat(), "time": "14:00"}
    booking = ada.call("POST", "/api/bookings", json=wish, headers={"Prefer": "wait=25"}).json()["id"]
    path, at_once = "/api/payments/stripe/create-payment-intent", {"Prefer": "respond-async"}
    asked = ada.call("POST", path, json={"booking_id": booking}, headers=at_once)
    assert asked.status_code == 202, asked.text
    payment = asked.json()["id"]
    until(lambda: job_of(environment, payment, ADVANCE)["leased_by"] is not None, "nobody takes it")
    published = job_of(environment, payment, ADVANCE)["published"]
    begun = time.monotonic()
    outside = told_to_stop(stack, "outside")
    assert outside.wait(PATIENCE) == 1
    assert time.monotonic() - begun < STOP + 5
    job = job_of(environment, payment, ADVANCE)
    assert (job["state"], job["leased_by"], job["attempts"]) == ("ready", None, 0)
    assert job["is_due"] or job["published"] > published


def test_beat_ends_at_once(stack: Stack) -> None:
    stack.wait_until_back()
    assert told_to_stop(stack, "beat").wait(SOON) == 0


def events(stack: Stack, name: str, before: int) -> set[str]:
    """Return the names of what a program has logged after so many lines: its log goes on where it is started again."""
    return {line["event"] for line in logged(stack, name)[before:]}
