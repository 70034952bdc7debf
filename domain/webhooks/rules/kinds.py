"""Which events an endpoint is told of: kinds such as `booking.confirmed`, or all of a noun's, `booking.*`."""

from collections.abc import Sequence

from domain.kernel.plot import PLOT

TEST = "webhook_endpoint.test"
"""What is sent to try an endpoint. It is no event of the feed."""

NOUNS: Sequence[str] = sorted({kind.partition(".")[0] for kind in PLOT})
CHOICES: Sequence[str] = sorted([*PLOT, *(f"{noun}.*" for noun in NOUNS)])
"""What an endpoint can be told of."""
