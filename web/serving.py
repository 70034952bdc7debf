"""The application as a server runs it: told when its process is to end, so that nobody is kept waiting for that.

granian listens no more from then on, and ends once the requests under way are answered.
"""

from multiprocessing.util import Finalize

from config.farewell import when_told_to_stop
from config.publisher import Publisher
from web.app import create_app
from web.openapi import Api
from web.waiting import waiting


def create_served_app() -> Api:
    """Return the application of a process that serves nothing else."""
    publisher = Publisher()
    app = create_app(publisher)
    when_told_to_stop(waiting().release)
    # After the last answer. granian's processes are children of multiprocessing, in which atexit calls nothing.
    Finalize(None, publisher.flush, exitpriority=0)
    return app
