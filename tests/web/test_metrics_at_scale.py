"""A scrape reads a bounded number of rows, however many there are."""

from collections.abc import Iterator

import psycopg
import pytest

from config.clock import clock
from config.transaction import hurried
from domain.kernel.backlog import MOST
from tests.databases import Databases, databases
from web import readings

MANY = 40_000
SOME = 11_000
BOUND = 2 * MOST + 5_000
"""What a scrape may read: as many ready jobs as are counted, as many dead ones, and a little of everything else."""

# Past all checks: only how many rows there are, and in which state, matters here.
ROWS = (
    """INSERT INTO jobs (kind, ref_id, state, run_at, lease_until, created_at, finished_at)
       SELECT 'bookings.allocate', gen_random_uuid(),
              CASE WHEN n <= %(many)s THEN 'done' WHEN n <= %(many)s + %(some)s THEN 'ready' ELSE 'dead' END,
              now(), now(), now(), now() FROM generate_series(1, %(many)s + 2 * %(some)s) AS n""",
    """INSERT INTO payments (id, booking_id, business_id, provider, purpose, amount, currency, state, method, settled_at)
       SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'offline', 'price', 100, 'NGN', 'succeeded',
              'cash', now()
         FROM generate_series(1, %(many)s)""",
    """INSERT INTO notifications (id, kind, channel, audience, address, name, sequence, state, due_at, next_try_at, sent_at, created_at)
       SELECT gen_random_uuid(), 'reminder', 'email', 'user', 'a@example.com', 'A', 0,
              CASE WHEN n <= %(many)s THEN 'sent' ELSE 'due' END, now(), CASE WHEN n > %(many)s THEN now() END,
              CASE WHEN n <= %(many)s THEN now() END, now()
         FROM generate_series(1, %(many)s + %(some)s) AS n""",
    """INSERT INTO webhook_endpoints (id, business_id, url, secret, state, created_at, updated_at, version)
       SELECT CAST('a0000000-0000-0000-0000-00000000000a' AS uuid), gen_random_uuid(), 'https://x.example/', '', 'enabled',
              now(), now(), 1 WHERE %(many)s + %(some)s > 0""",
    """INSERT INTO webhook_deliveries (id, endpoint_id, business_id, event_id, kind, state, next_attempt_at, finished_at)
       SELECT gen_random_uuid(), 'a0000000-0000-0000-0000-00000000000a', gen_random_uuid(), gen_random_uuid(), 'x',
              CASE WHEN n <= %(many)s THEN 'delivered' ELSE 'due' END,
              CASE WHEN n > %(many)s THEN now() END, CASE WHEN n <= %(many)s THEN now() END
         FROM generate_series(1, %(many)s + %(some)s) AS n""",
)
TABLES = ("jobs", "payments", "notifications", "webhook_deliveries")
READ = """SELECT sum(coalesce(seq_tup_read, 0)) AS scanned, sum(coalesce(idx_tup_fetch, 0)) AS fetched
            FROM pg_stat_xact_user_tables WHERE relname = ANY (%s)"""


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Databases]:
    with databases(monkeypatch) as made, made.connected() as connection:
        connection.execute("SET session_replication_role = replica")
        for rows in ROWS:
            connection.execute(rows, {"many": MANY, "some": SOME})
        connection.execute("VACUUM ANALYZE")
        yield made


def test_a_scrape_reads_what_is_open_and_scans_nothing(crowded: Databases) -> None:
    with hurried(2000) as session:
        told = {metric.name: metric for metric in readings.taken(session, clock())}
        cursor = session.connection().connection.cursor()
        scanned, fetched = cursor.execute(READ, ([*TABLES],)).fetchone()
    jobs = {sample.labels["state"]: sample.value for sample in told["aionbooking_jobs"].samples}
    assert jobs == {"ready": MOST, "dead": MOST}
    waits = {sample.labels["what"] for sample in told["aionbooking_waiting_seconds"].samples if sample.value > 0}
    assert waits == {"messages", "webhooks"}
    assert scanned == 0
    assert fetched <= BOUND
    with psycopg.connect(crowded.url) as connection:  # the bound is one that reading everything would be over
        assert connection.execute("SELECT count(*) FROM jobs").fetchone() == (MANY + 2 * SOME,)
