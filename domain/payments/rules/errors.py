"""What the payments room refuses; an error's docstring is the sentence that the caller reads.

Conflict
├── NothingDue                   nothing can be paid now
├── PaymentProcessing
├── PaymentInReview
├── ProviderNotOffered
├── HoldExpiring
├── NotRefundable                it cannot be given back
├── RefundTooLarge
├── NotInReview
├── NotCountable
├── NotInAttention
├── RefundUnderway
├── NotSendable                  it was never paid by a provider
├── ReconciliationRunning
├── QuoteExpired
├── AccountExists
├── OtherMode
├── CurrencyNotTaken             no provider could take that
├── AmountNotChargeable
└── AmountTooSmall
NotAllowed
└── CustomersOrStaffOnly
Invalid
├── SigningSecretNeeded
└── NotWhatIsDue
"""

from domain.kernel.errors import Conflict, DomainError, Invalid, NotAllowed


class NothingDue(Conflict):
    """Nothing is due for this booking: it is {why}."""

    code = "nothing_due"


class PaymentProcessing(Conflict):
    """A payment for this booking is being processed; wait for what becomes of it."""

    code = "payment_processing"


class PaymentInReview(Conflict):
    """Money came for this booking that does not match; the business has to decide about it first."""

    code = "payment_in_review"


class ProviderNotOffered(Conflict):
    """This business takes no payments by {provider}."""

    code = "provider_not_offered"


class HoldExpiring(Conflict):
    """The place is held for a few more seconds only, which is too short to pay; book again."""

    code = "hold_expiring"


class NotRefundable(Conflict):
    """The payment cannot be refunded: it is {why}."""

    code = "not_refundable"


class RefundTooLarge(Conflict):
    """Of this payment {left} minor units of {currency} are left to be refunded; what is in dispute is not."""

    code = "refund_too_large"


class NotInReview(Conflict):
    """The payment is {state}; there is nothing to decide about it."""

    code = "not_in_review"


class NotCountable(Conflict):
    """What came is in another currency than was asked for and cannot count; give it back at {provider} itself."""

    code = "not_countable"


class NotInAttention(Conflict):
    """The refund is {state}; nobody has to see to it."""

    code = "not_in_attention"


class RefundUnderway(Conflict):
    """{provider} has the refund and asks something of somebody there; what becomes of it is told from there."""

    code = "refund_underway"


class NotSendable(Conflict):
    """What was paid to the business itself is handed back by the business itself."""

    code = "not_sendable"


class ReconciliationRunning(Conflict):
    """The payments of this business are being compared already; wait for what that comes to."""

    code = "reconciliation_running"


class QuoteExpired(Conflict):
    """The quote is no longer good: ask for another one."""

    code = "quote_expired"


class CurrencyNotTaken(Conflict):
    """{provider} takes no {currency}."""

    code = "currency_not_taken"


class AmountNotChargeable(Conflict):
    """{provider} cannot charge {amount} minor units of {currency}: it does not count in amounts as small."""

    code = "amount_not_chargeable"


class AmountTooSmall(Conflict):
    """{provider} takes no less than {least} minor units of {currency}; pay the business itself instead."""

    code = "amount_too_small"


class CustomersOrStaffOnly(NotAllowed):
    """Only the customer of a booking, or who serves it, may pay for it here."""

    code = "customers_or_staff_only"


class NotWhatIsDue(Invalid):
    """Of this booking {due} minor units of {currency} are due now: send just that as `amount`."""

    code = "not_what_is_due"
    pointer = "/amount"


class AccountExists(Conflict):
    """The business has an account of its own at {provider} already; give that other keys, or close it first."""

    code = "account_exists"


class OtherMode(Conflict):
    """The account is for test money and the keys for real money, or the other way round; open another account."""

    code = "other_mode"


class WebhooksPiledUp(DomainError):
    """Too many webhooks of this account are still to be looked into; send it again later."""

    code = "webhooks_piled_up"


class SigningSecretNeeded(Invalid):
    """Stripe's webhooks are signed with a secret of their own, which has to be named."""

    code = "signing_secret_needed"
    pointer = "/webhook_secrets"
