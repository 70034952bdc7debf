"""What availability refuses; the tree that these hang in is drawn in `domain/kernel/errors.py`."""

from domain.kernel.errors import Invalid


class TooManySlots(Invalid):
    """That is more to look through than one answer may be; ask for fewer dates, or for one resource."""

    code = "too_many_slots"
    pointer = "?to"


class AskedForNoMore(Invalid):
    """Who was asked for before does not offer this service any more; name others, or ask for anybody."""

    code = "asked_for_no_more"
    pointer = "/resource_ids"
