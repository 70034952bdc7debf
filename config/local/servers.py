"""PostgreSQL and Valkey together, for as long as a block lasts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from config.local.places import Place
from config.local.postgres import LASTING, Postgres
from config.local.valkey import Valkey


@contextmanager
def servers(place: Place, tuning: Mapping[str, str] = LASTING) -> Iterator[tuple[str, str]]:
    """Run both servers at *place*, and yield (database_url, redis_url). *tuning* is PostgreSQL's: LASTING, THROWAWAY.

    The caller holds the place's lock. Both are stopped however the block ends.
    """
    postgres, valkey = Postgres(place, tuning), Valkey(place)
    try:
        postgres.start()
        valkey.start()
        yield postgres.url, valkey.url
    finally:
        valkey.stop()
        postgres.stop()
