"""What availability refuses; the tree that these hang in is drawn in `domain/kernel/errors.py`."""

from domain.kernel.errors import Invalid


class TooManySlots(Invalid):
    """That is more to look at than the {most} starts of one answer; ask for fewer dates, or for one resource."""

    code = "too_many_slots"
    pointer = "?to"
