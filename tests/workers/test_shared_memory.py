"""What a worker's processes share: a collection in one of them writes to nothing that was there before the fork."""

import gc

from celery.signals import worker_before_create_process

from domain.bookings.tables import Booking
from workers import app


def test_what_is_there_before_a_fork_is_looked_at_by_no_collection() -> None:
    assert app.app.tasks
    gc.unfreeze()  # the tests' own processes have frozen theirs
    assert any(each is Booking for each in gc.get_objects())
    worker_before_create_process.send(sender=None)
    assert not any(each is Booking for each in gc.get_objects())
