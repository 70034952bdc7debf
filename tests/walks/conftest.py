"""A database of their own for the walks: in one that others use, too, somebody's clock runs ahead and ends what is walked through."""

from collections.abc import Iterator

import pytest

from tests.databases import databases
from tests.walks.walker import doer, walker
from workers.maintenance import settle_feed


@pytest.fixture(scope="module", autouse=True)
def own_database() -> Iterator[None]:
    """Let each file walk through worlds in which nobody else is."""
    with pytest.MonkeyPatch.context() as patch, databases(patch):
        settle_feed()
        _forget()
        yield
    _forget()


def _forget() -> None:
    walker.cache_clear()
    doer.cache_clear()
