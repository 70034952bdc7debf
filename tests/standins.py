"""The stand-ins for Stripe and Paystack, in this process or elsewhere, and everything that a test says to them.

with standing_in(web=url) as providers:
    providers.fail("reset", when="after", path="/v1/payment_intents")
    ...
    providers.customer_pays(intent_id)
    assert len(providers.applied("POST", "/v1/payment_intents", key=key)) == 1
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

import requests

from config.local.standins.__main__ import WEBHOOKS
from config.local.standins.accounts import Account
from config.local.standins.server import StandIns
from config.local.standins.signing import paystack_signature, stripe_signature
from tests.receivers import until

Json = dict[str, Any]

STRIPE = Account(
    provider="stripe",
    id="acct_test",
    secret_keys=("sk_test_stripe",),
    public_key="pk_test_stripe",
    webhook_secrets=("whsec_test",),
)
PAYSTACK = Account(provider="paystack", id="100001", secret_keys=("sk_test_paystack",), public_key="pk_test_paystack")
QUICK = {"first": 0.02, "longest": 0.2, "tries": 200, "timeout": 10.0}


class Providers:
    """The controls of stand-ins that answer at *url*."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stripe_base = f"{url}/stripe"
        self.paystack_base = f"{url}/paystack"
        self._session = requests.Session()
        self._session.trust_env = False

    @property
    def environment(self) -> Mapping[str, str]:
        """What the web server and the worker must be told."""
        return {
            "STRIPE_SECRET_KEY": STRIPE.secret_keys[0],
            "STRIPE_PUBLISHABLE_KEY": STRIPE.public_key,
            "STRIPE_WEBHOOK_SECRET": STRIPE.webhook_secrets[0],
            "STRIPE_API_BASE": self.stripe_base,
            "PAYSTACK_SECRET_KEY": PAYSTACK.secret_keys[0],
            "PAYSTACK_PUBLIC_KEY": PAYSTACK.public_key,
            "PAYSTACK_API_BASE": self.paystack_base,
        }

    def control(self, method: str, path: str, /, **body: Any) -> Any:  # noqa: ANN401 - JSON
        """Say something to the controls; see docs/reference/stand-ins.md."""
        answer = self._session.request(method, f"{self.url}/_control{path}", json=body or None, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    # What goes wrong

    def fail(self, kind: str, /, **more: Any) -> None:  # noqa: ANN401 - JSON
        """Let the next calls that match fail: `reset`, `hang`, `status`, `truncate` or `slow`, `when` before or after."""
        self.control("POST", "/failures", kind=kind, **more)

    def heal(self) -> None:
        """Let all go well again, calls and webhooks."""
        self.control("DELETE", "/failures")
        self.control("DELETE", "/webhooks/rules")

    def tamper(self, event: str = "*", /, **rule: Any) -> None:  # noqa: ANN401 - JSON
        """Let something happen to the next webhooks: `hold`, `copies`, `delay`, `drop`, `age`, `alter` and so on."""
        self.control("POST", "/webhooks/rules", event=event, **rule)

    def dispose(self, **knobs: Any) -> None:  # noqa: ANN401 - JSON
        """Turn knobs: how refunds come out, what metadata looks like, who bears the fees."""
        self.control("PATCH", "/knobs", **knobs)

    # Webhooks by hand

    def release(self, event: str = "*", order: str = "as_made", **more: Any) -> list[Json]:  # noqa: ANN401 - JSON
        """Send what is held, one after the other, and return it when all were tried."""
        return list(self.control("POST", "/webhooks/release", event=event, order=order, **more)["data"])

    def replay(self, event: str = "*", **more: Any) -> list[Json]:  # noqa: ANN401 - JSON
        """Send again whatever was."""
        return list(self.control("POST", "/webhooks/replay", event=event, **more)["data"])

    def send(self, provider: str, name: str, event: Json, **rule: Any) -> list[Json]:  # noqa: ANN401 - JSON
        """Send what never was."""
        body = {"provider": provider, "name": name, "event": event, "rule": rule}
        return list(self.control("POST", "/webhooks/send", **body)["data"])

    def deliveries(self, **wanted: str) -> list[Json]:
        """Return the webhooks of this state, provider or event."""
        rows = self.control("GET", "/webhooks")["data"]
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    def settle(self) -> None:
        """Return once no webhook is on its way."""
        until(lambda: not self.deliveries(state="waiting"), seconds=30)

    # The customer, the bank, and chance

    def customer_pays(self, payment: str, **wish: Any) -> Json:  # noqa: ANN401 - JSON
        """Pay a payment intent or the transaction of a reference; `amount` pays another amount than was asked for."""
        return self.act(payment, "pay", **wish)

    def card_is_declined(self, payment: str) -> Json:
        """Try to pay, in vain."""
        return self.act(payment, "decline")

    def bank_asks(self, payment: str) -> Json:
        """Begin to pay, and be asked by the bank: 3-D Secure."""
        return self.act(payment, "challenge")

    def customer_proves_it(self, payment: str) -> Json:
        """Answer the bank."""
        return self.act(payment, "approve")

    def customer_fails_to_prove_it(self, payment: str) -> Json:
        """Do not answer the bank, or wrongly."""
        return self.act(payment, "fail_challenge")

    def customer_pays_slowly(self, payment: str) -> Json:
        """Pay by something that takes days."""
        return self.act(payment, "slow")

    def days_later(self, payment: str, verb: str) -> Json:
        """Let a slow payment `succeed` or `fail`."""
        return self.act(payment, verb)

    def customer_disputes(self, payment: str, **wish: Any) -> Json:  # noqa: ANN401 - JSON
        """Call the bank afterwards; return the dispute."""
        return self.act(payment, "dispute", **wish)

    def act(self, payment: str, verb: str, /, **wish: Any) -> Json:  # noqa: ANN401 - JSON
        """Do any verb to a payment."""
        kind = "stripe/payment_intents" if payment.startswith("pi_") else "paystack/transactions"
        return dict(self.control("POST", f"/{kind}/{payment}/{verb}", **wish))

    def refund(self, key: str | int, verb: str) -> Json:
        """Let a refund `succeed` or `fail` at Stripe; be `processing`, `processed`, `failed` at Paystack."""
        return dict(self.control("POST", f"/{_provider(key, 're_')}/refunds/{key}/{verb}"))

    def dispute(self, key: str | int, verb: str) -> Json:
        """`win` or `lose` at Stripe; `remind`, `merchant-accepted` or `declined` at Paystack."""
        return dict(self.control("POST", f"/{_provider(key, 'du_')}/disputes/{key}/{verb}"))

    # What they were asked, and know

    def calls(self, method: str = "*", path: str = "*", *, key: str | None = None) -> list[Json]:
        """Return what was asked, oldest first."""
        return [call for call in self.control("GET", "/calls")["data"] if _fits(call, method, path, key)]

    def applied(self, method: str = "*", path: str = "*", *, key: str | None = None) -> list[Json]:
        """Return what was asked and done, whether or not the answer arrived; a replay does nothing."""
        return [call for call in self.calls(method, path, key=key) if call["applied"]]

    def objects(self, kind: str) -> list[Json]:
        """Return all of `payment_intent`, `charge`, `refund`, `dispute`, `transaction`, `paystack_refund`."""
        return list(self.control("GET", f"/objects?kind={kind}")["data"])


def _provider(key: str | int, prefix: str) -> str:
    return "stripe" if str(key).startswith(prefix) else "paystack"


def _fits(call: Json, method: str, path: str, key: str | None) -> bool:
    return fnmatchcase(call["method"], method) and fnmatchcase(call["path"], path) and key in (None, call["key"])


def signed_for_stripe(body: bytes, *, at: int) -> str:
    """Return the `Stripe-Signature` of a body that a test makes up."""
    return stripe_signature(body, STRIPE.webhook_secrets, at)


def signed_for_paystack(body: bytes) -> str:
    """Return the `x-paystack-signature` of a body that a test makes up."""
    return paystack_signature(body, PAYSTACK.secret_keys[0])


@contextmanager
def standing_in(web: str | None = None) -> Iterator[Providers]:
    """Run stand-ins on a free port, whose webhooks go to the web server at *web*, if any."""
    urls = {each.provider: web + WEBHOOKS.format(provider=each.provider) for each in (STRIPE, PAYSTACK)} if web else {}
    accounts = [each.model_copy(update={"webhook_url": urls.get(each.provider)}) for each in (STRIPE, PAYSTACK)]
    with StandIns(accounts) as standins:
        providers = Providers(standins.url)
        providers.control("PUT", "/webhooks/patience", **QUICK)
        providers.dispose(settle_seconds=0)
        try:
            yield providers
        finally:
            providers.close()
