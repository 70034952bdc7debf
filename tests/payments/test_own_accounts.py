"""A business's own accounts: paid by its keys, heard on its own path, and never shown its secrets again."""

import json
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from config.clock import clock
from config.local.standins.accounts import Account
from config.local.standins.signing import stripe_signature
from config.sealing import Unreadable, seal, unseal
from config.transaction import transaction
from domain.kernel.ids import Kind, parsed, shown
from domain.payments.service.hear import LONGEST_UNKNOWN, MOST_WAITING
from domain.payments.tables import ProviderAccount, ProviderEvent
from tests.payments.cashier import PRICE, Cashier, a_cashier, knowing
from tests.receivers import until
from workers.provider_events import PATIENCE

PAYSTACK_KEYS = {"provider": "paystack", "secret_key": "sk_test_first", "public_key": "pk_test_first"}
OWN = {
    "provider": "stripe",
    "secret_key": "sk_test_salon",
    "public_key": "pk_test_salon",
    "webhook_secrets": ["whsec_old", "whsec_new"],
}


@pytest.fixture
def cashier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cashier]:
    with a_cashier(monkeypatch) as found:
        yield found


def place(cashier: Cashier) -> str:
    return f"/api/businesses/{shown(Kind.BUSINESS, cashier.shop.business.id)}/provider-accounts"


def test_a_business_is_paid_by_its_own_account_and_heard_on_its_own_path(cashier: Cashier) -> None:
    opened = cashier.owner.post(place(cashier), OWN)
    assert opened.status_code == 201
    theirs = Account(
        provider="stripe",
        id="acct_salon",
        secret_keys=("sk_test_salon",),
        public_key="pk_test_salon",
        webhook_secrets=("whsec_new",),
        webhook_url=cashier.web + opened.get_json()["webhook_path"],
    )
    cashier.providers.control("PUT", "/accounts", **theirs.model_dump(mode="json"))
    booking = cashier.booked()
    payment = cashier.ask(booking, "stripe")
    assert payment["publishable_key"] == "pk_test_salon"
    cashier.providers.customer_pays(cashier.ref(payment))
    cashier.settled(booking, status="confirmed", payment_status="paid")
    assert cashier.balance(booking) == PRICE.amount
    assert {call["account"] for call in cashier.providers.applied("POST", "*/v1/payment_intents")} == {"acct_salon"}
    with transaction() as session:
        heard = session.scalars(select(ProviderEvent.account_id).distinct()).all()
    assert parsed(Kind.PROVIDER_ACCOUNT, opened.get_json()["id"]) in heard


def test_what_one_business_s_provider_says_is_nothing_to_another(cashier: Cashier) -> None:
    token = cashier.owner.post(place(cashier), OWN).get_json()["webhook_path"]
    booking = cashier.booked()
    ref = cashier.ref(cashier.ask(booking, "paystack"))
    event = {
        "id": "evt_theirs",
        "type": "payment_intent.succeeded",
        "data": {"object": {"object": "payment_intent", "id": ref}},
    }
    body, now = json.dumps(event).encode(), int(time.time())
    for secrets, status in ((("whsec_old",), 200), (("whsec_new",), 200), (("whsec_test",), 400)):
        headers = {"Stripe-Signature": stripe_signature(body, secrets, now)}
        assert cashier.customer.client.post(token, data=body, headers=headers).status_code == status
    platform = cashier.customer.client.post(
        "/api/payments/stripe/webhook",
        data=body,
        headers={"Stripe-Signature": stripe_signature(body, ("whsec_old",), now)},
    )
    assert platform.status_code == 400
    assert cashier.customer.client.post("/api/payments/stripe/webhook/nobody", data=body).status_code == 404
    assert cashier.look(booking)["status"] == "awaiting_payment"


def test_who_signs_without_end_what_is_about_nothing_is_told_to_come_again(cashier: Cashier) -> None:
    path = cashier.owner.post(place(cashier), OWN).get_json()["webhook_path"]

    def told(number: int, **more: str) -> int:
        event = {
            "id": f"evt_flood_{number}",
            "type": "payment_intent.succeeded",
            "data": {"object": {"object": "payment_intent", "id": f"pi_none_{number}"}, **more},
        }
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": stripe_signature(body, ("whsec_new",), int(time.time()))}
        return cashier.customer.client.post(path, data=body, headers=headers).status_code

    with cashier.workers.paused():
        assert [told(number) for number in range(MOST_WAITING)] == [200] * MOST_WAITING
        assert told(MOST_WAITING) == 503
        long_ago = clock() - PATIENCE
        with transaction() as session:
            session.execute(update(ProviderEvent).where(ProviderEvent.state == "new").values(received_at=long_ago))
    until(lambda: not cashier.workers.once(), seconds=20)
    with cashier.workers.paused():
        assert told(MOST_WAITING + 1, padding="x" * LONGEST_UNKNOWN) == 200
        with transaction() as session:
            session.execute(update(ProviderEvent).where(ProviderEvent.state == "new").values(received_at=long_ago))

    def last() -> tuple[str, bytes | None]:
        cashier.workers.once()
        with transaction() as session:
            event = session.scalars(select(ProviderEvent).order_by(ProviderEvent.id.desc()).limit(1)).one()
            return event.state, event.body

    until(lambda: last() == ("ignored", None), seconds=20)


@pytest.mark.parametrize("token", ["%00", "x" * 65, "a%20b"])
def test_an_address_that_is_no_token_is_nobody_s(cashier: Cashier, token: str) -> None:
    assert cashier.customer.client.post(f"/api/payments/stripe/webhook/{token}", data=b"{}").status_code == 404


def test_secrets_are_sealed_and_never_shown(cashier: Cashier) -> None:
    opened = cashier.owner.post(place(cashier), OWN)
    again = cashier.owner.post(place(cashier), OWN)
    assert (again.status_code, again.get_json()["code"]) == (409, "account_exists")
    listed = cashier.owner.get(place(cashier))
    for answer in (opened, listed):
        assert not any(secret in answer.text for secret in ("sk_test_salon", "whsec_old", "whsec_new"))
    account_id = parsed(Kind.PROVIDER_ACCOUNT, opened.get_json()["id"])
    assert account_id is not None
    with transaction() as session:
        row = session.get_one(ProviderAccount, account_id)
    assert row.secret_key is not None
    assert b"sk_test" not in row.secret_key
    assert unseal(row.secret_key, account_id.bytes) == "sk_test_salon"


def test_keys_are_changed_within_a_mode_and_an_account_is_closed(cashier: Cashier) -> None:
    opened = cashier.owner.post(place(cashier), OWN).get_json()
    one = f"{place(cashier)}/{opened['id']}"
    live = {"secret_key": "sk_live_salon", "public_key": "pk_live_salon"}
    refused = cashier.owner.client.patch(one, json=live, headers=cashier.owner.signed)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "other_mode")
    mixed = {"secret_key": "sk_test_salon", "public_key": "pk_live_salon"}
    assert cashier.owner.client.patch(one, json=mixed, headers=cashier.owner.signed).status_code == 422
    other = {"secret_key": "sk_test_other", "public_key": "pk_test_other", "webhook_secrets": ["whsec_next"]}
    changed = cashier.owner.client.patch(one, json=other, headers=cashier.owner.signed)
    assert (changed.get_json()["public_key"], changed.get_json()["version"]) == ("pk_test_other", 2)
    assert cashier.owner.client.delete(one, headers=cashier.owner.signed).status_code == 204
    assert [each["closed_at"] is None for each in cashier.owner.get(place(cashier)).get_json()["data"]] == [False]
    assert cashier.customer.get(place(cashier)).status_code == 403


@pytest.mark.parametrize(
    ("provider", "kept"), [("stripe", ["whsec_old", "whsec_new"]), ("paystack", ["sk_test_second", "sk_test_first"])]
)
def test_who_changes_the_key_alone_is_heard_as_before(cashier: Cashier, provider: str, kept: list[str]) -> None:
    first = {**OWN, "provider": provider} if provider == "stripe" else PAYSTACK_KEYS
    account = cashier.owner.post(place(cashier), first).get_json()
    keys = {"secret_key": "sk_test_second", "public_key": "pk_test_second"}
    changed = cashier.owner.client.patch(f"{place(cashier)}/{account['id']}", json=keys, headers=cashier.owner.signed)
    assert changed.status_code == 200
    account_id = parsed(Kind.PROVIDER_ACCOUNT, account["id"])
    assert account_id is not None
    with transaction() as session:
        row = session.get_one(ProviderAccount, account_id)
    assert row.webhook_secrets is not None
    assert unseal(row.webhook_secrets, account_id.bytes).splitlines() == kept


def test_stripe_s_signing_secret_has_to_be_named_where_none_is_known(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = {name: value for name, value in OWN.items() if name != "webhook_secrets"}
    refused = cashier.owner.post(place(cashier), nameless)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "signing_secret_needed")
    account = cashier.owner.post(place(cashier), OWN).get_json()
    one = f"{place(cashier)}/{account['id']}"
    keys = {"secret_key": "sk_test_second", "public_key": "pk_test_second"}
    with knowing(monkeypatch, {"SECRET_KEY": "z" * 32}):  # what was sealed before cannot be read any more
        lost = cashier.owner.client.patch(one, json=keys, headers=cashier.owner.signed)
        assert (lost.status_code, lost.get_json()["code"]) == (422, "signing_secret_needed")
        body = json.dumps({"id": "evt_1", "type": "charge.updated", "data": {"object": {}}}).encode()
        heard = cashier.customer.client.post(account["webhook_path"], data=body)
        assert heard.status_code == 503
        given = {**keys, "webhook_secrets": ["whsec_new"]}
        assert cashier.owner.client.patch(one, json=given, headers=cashier.owner.signed).status_code == 200
        headers = {"Stripe-Signature": stripe_signature(body, ("whsec_new",), int(time.time()))}
        assert cashier.customer.client.post(account["webhook_path"], data=body, headers=headers).status_code == 200


def test_what_was_sealed_for_one_cannot_be_read_for_another() -> None:
    sealed = seal("secret", b"one")
    assert unseal(sealed, b"one") == "secret"
    assert seal("secret", b"one") != sealed
    for changed, owner in (
        (sealed, b"two"),
        (sealed[:-1] + b"x", b"one"),
        (b"\x02" + sealed[1:], b"one"),
        (b"", b"one"),
    ):
        with pytest.raises(Unreadable):
            unseal(changed, owner)


def test_what_was_sealed_before_the_key_was_changed_can_be_read_while_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = "o" * 32, "n" * 32
    with knowing(monkeypatch, {"SECRET_KEY": old}):
        sealed = seal("secret", b"one")
    with knowing(monkeypatch, {"SECRET_KEY": new}), pytest.raises(Unreadable):
        unseal(sealed, b"one")
    with knowing(monkeypatch, {"SECRET_KEY": new, "PREVIOUS_SECRET_KEYS": f'["{old}"]'}):
        assert unseal(sealed, b"one") == "secret"
        assert unseal(seal("another", b"one"), b"one") == "another"
