"""Who is stood in for, and the process that does it."""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from config.local import orphans
from config.local.payments import NAMES, Payments
from config.local.places import Place, place_at
from config.local.procfile import Program
from config.local.supervisor import Supervisor
from config.settings import Settings
from tests.receivers import Receiver, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return place_at(tmp_path / "data")


def test_without_keys_both_are_stood_in_for_with_keys_that_stay(place: Place) -> None:
    payments = Payments.beside(place, {})
    made = payments.environment()
    assert (payments.providers, set(made)) == (("stripe", "paystack"), set(NAMES))
    assert made["STRIPE_SECRET_KEY"].startswith("sk_test_")
    assert made["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    assert made["PAYSTACK_API_BASE"] == f"{payments.url}/paystack"
    assert payments.line() == (
        f"payments  {payments.url}/ (Stripe and Paystack are stood in for: play the customer there)"
    )
    again = Payments.beside(place, made)  # as in a shell that has read the environment file
    assert (again, again.environment()) == (payments, made)


@pytest.mark.parametrize(
    ("environ", "providers", "line"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, ("paystack",), "(Paystack is stood in for: play the customer there)"),
        ({"PAYSTACK_SECRET_KEY": "sk_live_2"}, ("stripe",), "(Stripe is stood in for: play the customer there)"),
        (
            {"STRIPE_SECRET_KEY": "sk_live_1", "PAYSTACK_SECRET_KEY": "sk_live_2"},
            (),
            "payments  by your keys at Stripe and Paystack",
        ),
        ({"ENVIRONMENT": "production"}, (), "payments  none: no provider's key is set"),
        ({"STRIPE_SECRET_KEY": ""}, ("stripe", "paystack"), "(Stripe and Paystack are stood in for"),
    ],
)
def test_whose_key_is_set_is_the_real_one(
    place: Place, environ: Mapping[str, str], providers: tuple[str, ...], line: str
) -> None:
    payments = Payments.beside(place, environ)
    assert payments.providers == providers
    assert line in payments.line()
    assert {name.split("_")[0].lower() for name in payments.environment()} == set(providers)
    assert len(payments.programs(ROOT, {"PORT": "8000"})) == bool(providers)


class Run:
    """The stand-ins under script/server's own supervisor."""

    def __init__(self, place: Place, port: str) -> None:
        self.payments = Payments.beside(place, {})
        self.keys = self.payments.environment()
        environment = {**os.environ, **self.keys, "PORT": port, "DATA_DIR": str(place.data)}
        (self.program,) = self.payments.programs(ROOT, environment)
        self.supervisor = Supervisor([], [self.program])
        self.supervisor.start()
        until(self.answers, seconds=20)

    def answers(self) -> bool:
        """Say whether it is up."""
        try:
            return requests.get(self.payments.url, timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def paystack(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - JSON
        """Ask the stand-in for Paystack."""
        headers = {"Authorization": f"Bearer {self.keys['PAYSTACK_SECRET_KEY']}"}
        return requests.request(
            method, self.keys["PAYSTACK_API_BASE"] + path, headers=headers, timeout=5, **more
        ).json()

    def stop(self) -> None:
        """Stop as script/server does."""
        self.supervisor.stop(hurried=lambda: False)


def status_of(program: Program) -> int | None:
    return program.process.poll() if program.process else None


def test_it_starts_twice_in_a_row_and_remembers_and_stops_cleanly(place: Place) -> None:
    with Receiver() as web:
        port = web.url.rpartition(":")[2]
        first = Run(place, port)
        first.paystack(
            "POST", "/transaction/initialize", json={"email": "a@b.co", "amount": 5000, "reference": "pay-1"}
        )
        first.stop()
        assert (status_of(first.program), orphans.group(place.run, "standins")) == (0, ())
        second = Run(place, port)
        assert second.payments.url == first.payments.url
        assert second.paystack("GET", "/transaction/verify/pay-1")["data"]["status"] == "abandoned"
        requests.post(f"{second.payments.url}/_control/paystack/transactions/pay-1/pay", timeout=5)
        assert web.named("charge.success").path == "/api/payments/paystack/webhook"
        second.stop()
        assert status_of(second.program) == 0


def test_a_killed_one_comes_back_with_what_it_knew_and_owed(place: Place) -> None:
    with Receiver(*[503] * 1000) as web:
        run = Run(place, web.url.rpartition(":")[2])
        run.paystack("POST", "/transaction/initialize", json={"email": "a@b.co", "amount": 5000, "reference": "pay-1"})
        requests.post(f"{run.payments.url}/_control/paystack/transactions/pay-1/pay", timeout=5)
        web.named("charge.success")
        assert run.program.process
        os.kill(run.program.process.pid, signal.SIGKILL)
        run.program.process.wait()
        web.answers.clear()
        told = len(web.got)
        run.program.start()
        until(run.answers, seconds=20)
        until(lambda: len(web.got) > told)
        assert run.paystack("GET", "/transaction/verify/pay-1")["data"]["status"] == "success"
        run.stop()


def test_no_key_is_in_the_log_or_open_to_others(place: Place) -> None:
    run = Run(place, "9")
    run.paystack("GET", "/transaction")
    run.stop()
    log = run.program.log.read_text()
    assert "GET /paystack/transaction 200" in log
    assert not [name for name in NAMES if not name.endswith("BASE") and run.keys[name] in log]
    assert (place.data / "standins.sqlite").stat().st_mode & 0o077 == 0


def test_a_port_in_use_ends_it_with_a_sentence(place: Place) -> None:
    run = Run(place, "9")
    command = ["/bin/sh", "-c", run.program.command]
    second = subprocess.run(
        command, cwd=ROOT, env=dict(run.program.environment), capture_output=True, text=True, check=False, timeout=20
    )
    run.stop()
    assert second.returncode
    assert "in use" in second.stderr


def test_the_application_reads_several_secrets(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Payments.beside(place, {}).environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old,")
    settings = Settings()
    assert [each.get_secret_value() for each in settings.stripe_webhook_secrets] == ["whsec_new", "whsec_old"]
    assert len(settings.paystack_secret_keys) == 1
    assert "whsec" not in repr(settings)
    monkeypatch.delenv("PAYSTACK_SECRET_KEY")
    assert Settings().paystack_secret_keys == ()
