"""What the catalog refuses; the tree that these hang in is drawn in `domain/kernel/errors.py`."""

from domain.kernel.errors import Conflict, Invalid


class CurrencyInUse(Conflict):
    """The business has prices or bookings in {currency}, so it cannot sell in another currency."""

    code = "currency_in_use"


class BookedElsewhere(Conflict):
    """{count} bookings to come have some of these resources, but others beside them; parties that share would be apart."""

    code = "booked_elsewhere"


class Archived(Conflict):
    """This {what} is archived, and changes no more."""

    code = "archived"


class DefaultResourceNeeded(Conflict):
    """There are services that no other active resource is said to offer, so the business's own one has to stay."""

    code = "default_resource_needed"


class CurrencyMismatch(Invalid):
    """The business sells in {currency}."""

    code = "currency_mismatch"
    pointer = "/price/currency"


class DepositAbovePrice(Invalid):
    """The deposit of {deposit} for each seat is more than the price of {price}."""

    code = "deposit_above_price"
    pointer = "/deposit"


class ResourceInTwoRoles(Invalid):
    """A resource fills one role of a service, not two."""

    code = "resource_in_two_roles"
    pointer = "/requirements"


class OneResourceEach(Invalid):
    """A service that parties share has one resource for each of its roles, so that all of them meet the same."""

    code = "one_resource_each"
    pointer = "/requirements"


class RoleNeeded(Invalid):
    """A service that needs several resources at once is said to need this one on the service, with its role."""

    code = "role_needed"
    pointer = "/service_ids"


class NotAMember(Invalid):
    """That user is not a member of the business."""

    code = "not_a_member"
    pointer = "/user_id"


class TimeOffLength(Invalid):
    """Time off ends after it starts, and lasts five years at most."""

    code = "time_off_length"
    pointer = "/ends_at"
