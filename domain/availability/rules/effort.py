"""How much one answer may weigh, so that none takes long, whatever there is and whatever is asked."""

from domain.availability.rules.errors import TooManySlots

MOST_STARTS = 20_000
MOST_PLACES = 200_000
"""How many starts one answer weighs, on one resource and on all: some tenths of a second of work, and some megabytes."""

A_DATE, AROUND = 10, 4
"""What it costs to open one schedule on one date, in places; and how many dates around those asked for are opened, too."""

SPANS = 4
"""How many spans that are taken cost as much as a place."""


class Effort:
    """What an answer has weighed of what it may. A place is one start on one resource."""

    def __init__(self, most: int = MOST_PLACES) -> None:
        self.most = most
        self.spent = 0

    @property
    def is_spent(self) -> bool:
        """Tell whether nothing more may be weighed."""
        return self.spent > self.most

    def spend(self, places: int) -> None:
        """Count places that are about to be weighed. Errors: TooManySlots beyond what may be."""
        self.spent += places
        if self.is_spent:
            raise TooManySlots
