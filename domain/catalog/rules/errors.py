"""What the catalog refuses; the tree that these hang in is drawn in `domain/kernel/errors.py`."""

from domain.kernel.errors import Conflict, Invalid


class CurrencyInUse(Conflict):
    """The business has prices or bookings in {currency}, so it cannot sell in another currency."""

    code = "currency_in_use"


class Archived(Conflict):
    """This {what} is archived, and changes no more."""

    code = "archived"


class DefaultResourceNeeded(Conflict):
    """There are services that no other active resource is said to offer, so the business's own one has to stay."""

    code = "default_resource_needed"


class DepositAbovePrice(Invalid):
    """The deposit of {deposit} for each seat is more than the price of {price}."""

    code = "deposit_above_price"
    pointer = "/deposit"


class NotAMember(Invalid):
    """That user is not a member of the business."""

    code = "not_a_member"
    pointer = "/user_id"


class TimeOffLength(Invalid):
    """Time off ends after it starts, and lasts five years at most."""

    code = "time_off_length"
    pointer = "/ends_at"
