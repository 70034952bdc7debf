"""Schemas: the parameters of each endpoint, as of the API's version 2026-10-28.endive."""

from config.local.standins.stripe.parameters import (
    Schema,
    at_least_one,
    boolean,
    choice,
    email,
    limit,
    metadata,
    moment,
    nested,
    text,
    texts,
    url,
)

KEY, EXPAND = text(), texts()
PAGE = {"limit": limit, "starting_after": KEY, "ending_before": KEY, "created": moment, "expand": EXPAND}
RETRIEVE = Schema({"expand": EXPAND})
CUSTOMERS = frozenset({"customer", "customer_account"})

AUTOMATIC = Schema({"enabled": boolean, "allow_redirects": choice("always", "never")}, required=("enabled",))
CREATE_INTENT = Schema(
    {
        "amount": at_least_one,
        "currency": text(3),
        "automatic_payment_methods": nested(AUTOMATIC),
        "allowed_payment_method_types": texts(("card", "link")),
        "capture_method": choice("automatic", "automatic_async"),
        "confirm": boolean,
        "description": text(1000),
        "expand": EXPAND,
        "metadata": metadata,
        "payment_method": KEY,
        "receipt_email": email,
        "return_url": url,
        "statement_descriptor_suffix": text(22),
    },
    required=("amount", "currency"),
    foreign=CUSTOMERS
    | {
        *("amount_details", "application_fee_amount", "confirmation_method", "confirmation_token"),
        *("error_on_requires_action", "excluded_payment_method_types", "hooks", "mandate", "mandate_data"),
        *("off_session", "on_behalf_of", "payment_details", "payment_method_configuration", "payment_method_data"),
        *("payment_method_options", "radar_options", "setup_future_usage", "shipping", "statement_descriptor"),
        *("transfer_data", "transfer_group", "use_stripe_sdk"),
    },
)
CONFIRM_INTENT = Schema(
    {"expand": EXPAND, "payment_method": KEY, "receipt_email": email, "return_url": url},
    foreign=frozenset(
        {
            *("amount_details", "amount_to_confirm", "capture_method", "confirmation_token"),
            *("error_on_requires_action", "mandate", "mandate_data", "off_session", "payment_method_data"),
            *("payment_method_options", "radar_options", "setup_future_usage", "shipping", "use_stripe_sdk"),
        }
    ),
)
CANCEL_INTENT = Schema(
    {
        "cancellation_reason": choice("duplicate", "fraudulent", "requested_by_customer", "abandoned"),
        "expand": EXPAND,
    }
)
RETRIEVE_INTENT = Schema({"client_secret": KEY, "expand": EXPAND})
LIST_INTENTS = Schema(PAGE, foreign=CUSTOMERS)

CREATE_REFUND = Schema(
    {
        "amount": at_least_one,
        "charge": KEY,
        "expand": EXPAND,
        "metadata": metadata,
        "payment_intent": KEY,
        "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
    },
    foreign=frozenset(
        {"currency", "customer", "instructions_email", "origin", "refund_application_fee", "reverse_transfer"}
    ),
)
OF_A_PAYMENT = {"charge": KEY, "payment_intent": KEY}
LIST_REFUNDS = Schema(PAGE | OF_A_PAYMENT)
LIST_DISPUTES = Schema(PAGE | OF_A_PAYMENT)
LIST_CHARGES = Schema(PAGE | {"payment_intent": KEY}, foreign=CUSTOMERS | {"transfer_group"})
LIST_TRANSACTIONS = Schema(PAGE | {"currency": KEY, "source": KEY, "type": KEY}, foreign=frozenset({"payout"}))
LIST_EVENTS = Schema(PAGE | {"type": KEY, "types": texts(), "delivery_success": boolean})
