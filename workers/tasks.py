"""Every task by its name, which is the kind of job that it does; beat's ticks do no job and are listed too."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.kernel.plot import ALLOCATE
from workers import bookings, maintenance

TASKS: Mapping[str, Callable[..., Any]] = {
    ALLOCATE: bookings.allocate,
    "maintenance.relay": maintenance.relay,
    "maintenance.heartbeat": maintenance.heartbeat,
    "maintenance.expire_holds": maintenance.expire_holds,
    "maintenance.complete_ended": maintenance.complete_ended,
    "maintenance.settle_feed": maintenance.settle_feed,
    "maintenance.purge": maintenance.purge,
}
