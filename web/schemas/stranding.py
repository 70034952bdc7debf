"""The count that answers of changes carry."""

from typing import Annotated

from pydantic import Field

from web.answers import View


class Stranding(View):
    """What a change leaves behind."""

    stranded_bookings: Annotated[
        int,
        Field(description="Bookings to come whose place would not be offered any more; they stay as they are"),
    ]
