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
└── OverPaid
"""

from domain.kernel.errors import Conflict, Invalid, NotAllowed


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
    """Of this payment {left} {currency} are left to be refunded, in minor units."""

    code = "refund_too_large"


class NotInReview(Conflict):
    """The payment is {state}; there is nothing to decide about it."""

    code = "not_in_review"


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


class OverPaid(Invalid):
    """Of this booking {due} {currency} are due, in minor units; more cannot be recorded."""

    code = "above_due"
    pointer = "/amount"


class AccountExists(Conflict):
    """The business has an account of its own at {provider} already; give that other keys, or close it first."""

    code = "account_exists"


class OtherMode(Conflict):
    """The account is for test money and the keys for real money, or the other way round; open another account."""

    code = "other_mode"
