"""The pages on which a person plays the customer: forms without script, and the way back to the shop."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import stripe

from tests.providers.shop import Shop
from tests.standins import Providers

SHOP = "http://shop.example/paid?booking=1"
FORM = re.compile(
    r'name="kind" value="(?P<kind>[^"]+)">\s*<input type="hidden" name="key" value="(?P<key>[^"]+)">\s*'
    r'<button name="verb" value="(?P<verb>[^"]+)"[^>]*>(?P<label>[^<]+)<'
)


class Page:
    """A page as a browser without script has it."""

    def __init__(self, url: str) -> None:
        self.url = url
        answer = requests.get(url, timeout=5)
        assert answer.status_code == 200, answer.text
        self.text = answer.text
        self.headers = answer.headers
        self.buttons = {match["label"]: match.groupdict() for match in FORM.finditer(answer.text)}

    @property
    def status(self) -> str:
        """Return what the page says of the payment."""
        match = re.search(r'role="status">([^<]+)<', self.text)
        assert match
        return match[1]

    def press(self, label: str) -> str:
        """Press a button, and return where it leads."""
        form = {name: value for name, value in self.buttons[label].items() if name != "label"}
        answer = requests.post(self.url, data=form, allow_redirects=False, timeout=5)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def again(self) -> "Page":
        """Return the page as it is now."""
        return Page(self.url)


@pytest.fixture
def intent(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(
        {
            "amount": 4500,
            "currency": "eur",
            "automatic_payment_methods": {"enabled": True},
            "description": "<b>Haircut</b>",
        }
    )


@pytest.fixture
def page(intent: stripe.PaymentIntent, providers: Providers) -> Page:
    return Page(f"{providers.stripe_base}/pay/{intent.client_secret}?return_url={SHOP}")


def query(url: str) -> dict[str, Any]:
    assert url.startswith("http://shop.example/paid?booking=1&"), url
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_what_is_shown(page: Page) -> None:
    assert page.status == "To be paid"
    assert "45.00 EUR" in page.text
    assert "&lt;b&gt;Haircut" in page.text
    assert list(page.buttons) == [
        *("Pay 45.00 EUR", "Decline the card", "Decline it: too little money", "Need 3-D Secure", "Pay slowly"),
        "Leave without paying",
    ]
    assert "<script" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert re.findall(r'(?:src|href)="(https?:[^"]+)"', page.text) == []


@pytest.mark.parametrize(
    ("presses", "told", "status"),
    [
        (["Pay 45.00 EUR"], "succeeded", "succeeded"),
        (["Need 3-D Secure", "Approve"], "succeeded", "succeeded"),
        (["Need 3-D Secure", "Fail"], "failed", "requires_payment_method"),
        (["Pay slowly"], "pending", "processing"),
        (["Leave without paying"], "failed", "requires_payment_method"),
        (["Need 3-D Secure", "Leave without paying"], "failed", "requires_payment_method"),
        (["Decline the card", "Pay 45.00 EUR"], "succeeded", "succeeded"),
    ],
)
def test_the_way_back_to_the_shop(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, page: Page, presses: list[str], told: str, status: str
) -> None:
    *before, last = presses
    for label in before:
        assert urlsplit(page.press(label)).path == urlsplit(page.url).path
    back = query(page.again().press(last))
    assert (back["payment_intent"], back["redirect_status"]) == (intent.id, told)
    assert back["payment_intent_client_secret"] == intent.client_secret
    assert client.v1.payment_intents.retrieve(intent.id).status == status


def test_a_decline_is_said_on_the_page(page: Page) -> None:
    page.press("Decline it: too little money")
    assert "Your card has insufficient funds." in page.again().text


def test_afterwards(client: stripe.StripeClient, intent: stripe.PaymentIntent, page: Page) -> None:
    page.press("Pay 45.00 EUR")
    page.again().press("Let them stay pending")
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    assert refund.status == "pending"
    assert "Paid, and 10.00 EUR refunded" in page.again().status
    page.again().press("Let it fail")
    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    page.again().press("Dispute the payment")
    assert page.again().status == "Paid, and disputed"
    page.again().press("The customer wins")
    (dispute,) = client.v1.disputes.list().data
    assert dispute.status == "lost"


def test_a_slow_payment_is_decided_on_the_page(intent: stripe.PaymentIntent, page: Page) -> None:
    page.press("Pay slowly")
    assert query(page.again().press("Let it succeed"))["payment_intent"] == intent.id
    assert page.again().status == "Paid"


def test_without_a_way_back_the_page_stays(intent: stripe.PaymentIntent, providers: Providers) -> None:
    short = Page(f"{providers.url}/pay/{intent.client_secret}")
    assert "Leave without paying" not in short.buttons
    page = Page(f"{providers.stripe_base}/pay/{intent.client_secret}")
    assert urlsplit(page.press("Pay 45.00 EUR")).path == urlsplit(page.url).path
    assert page.again().status == "Paid"


def test_what_the_shop_cancelled_meanwhile_cannot_be_paid(
    client: stripe.StripeClient, intent: stripe.PaymentIntent, page: Page
) -> None:
    client.v1.payment_intents.cancel(intent.id)
    form = {name: value for name, value in page.buttons["Pay 45.00 EUR"].items() if name != "label"}
    answer = requests.post(page.url, data=form, timeout=5)
    assert (answer.status_code, "status of canceled" in answer.text) == (400, True)
    assert page.again().status == "Cancelled by the shop"


@pytest.mark.parametrize("path", ["/stripe/pay/pi_0_secret_0", "/paystack/checkout/none"])
def test_no_such_page(providers: Providers, path: str) -> None:
    assert requests.get(providers.url + path, timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("presses", "status"),
    [
        (["Pay 4,500.00 NGN"], "success"),
        (["Need 3-D Secure", "Approve"], "success"),
        (["Pay slowly"], "pending"),
        (["Decline the card", "Pay 4,500.00 NGN"], "success"),
        (["Need 3-D Secure", "Fail", "Leave without paying"], "abandoned"),
    ],
)
def test_paystacks_page_and_its_way_back(paystack: Shop, presses: list[str], status: str) -> None:
    page = Page(paystack.begun("pay-1", callback_url=SHOP)["authorization_url"])
    *before, last = presses
    for label in before:
        assert page.again().press(label) == urlsplit(page.url).path
    back = query(page.again().press(last))
    assert (back["reference"], back["trxref"]) == ("pay-1", "pay-1")
    assert paystack.ask("GET", "/transaction/verify/pay-1").json()["data"]["status"] == status


def test_leaving_paystack_leads_where_the_metadata_says(paystack: Shop) -> None:
    begun = paystack.begun("pay-1", callback_url=SHOP, metadata={"cancel_action": "http://shop.example/cancelled"})
    assert Page(begun["authorization_url"]).press("Leave without paying") == "http://shop.example/cancelled"


def test_afterwards_at_paystack(paystack: Shop, providers: Providers) -> None:
    page = Page(paystack.begun("pay-1")["authorization_url"])
    page.press("Pay 4,500.00 NGN")
    page.again().press("Let them stay pending")
    for label in ("Let it need attention", "Let it go through"):
        if label == "Let it need attention":
            paystack.ask("POST", "/refund", json={"transaction": "pay-1", "amount": 100_000})
        page.again().press(label)
    assert [row["status"] for row in providers.objects("paystack_refund")] == ["processed"]
    page.again().press("Dispute the payment")
    page.again().press("The shop accepts")
    assert page.again().status == "Paid, and given back"


def test_the_list_names_every_payment_and_webhook(
    paystack: Shop, intent: stripe.PaymentIntent, providers: Providers
) -> None:
    paystack.begun("pay-1")
    providers.customer_pays("pay-1")
    providers.settle()
    text = requests.get(f"{providers.url}/", timeout=5).text
    for words in (
        f"/stripe/pay/{intent.client_secret}",
        "A payment by ada@example.com",
        "charge.success",
        "Stripe: sent",
    ):
        assert words in text


def test_the_pages_look_as_their_own_style_says(providers: Providers) -> None:
    style = requests.get(f"{providers.url}/static/standins.css", timeout=5)
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "http" not in style.text
