"""The backlog: which jobs are open, counted without reading those that are done, however many of either there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from domain.kernel.jobs import Job, State
from domain.kernel.stock import Counts

MOST = 10_000
"""Open jobs of a kind and state that are counted; more of them are no worse."""

# From one state and kind to the next, by the index; of each as many entries as are counted.
OPEN = text("""
    WITH RECURSIVE sorts AS (
        (SELECT state, kind FROM jobs WHERE state <> 'done' ORDER BY state, kind LIMIT 1)
        UNION ALL
        SELECT following.*
          FROM sorts, LATERAL (
               SELECT state, kind FROM jobs
                WHERE state <> 'done' AND (state, kind) > (sorts.state, sorts.kind)
                ORDER BY state, kind LIMIT 1) AS following)
    SELECT state, kind,
           (SELECT count(*) FROM (
                SELECT FROM jobs
                 WHERE jobs.state <> 'done' AND jobs.state = sorts.state AND jobs.kind = sorts.kind
                 LIMIT :most) AS counted) AS how_many,
           (SELECT run_at FROM jobs
             WHERE jobs.state <> 'done' AND jobs.state = sorts.state AND jobs.kind = sorts.kind
             ORDER BY run_at LIMIT 1) AS since
      FROM sorts
""")


class Open(NamedTuple):
    """Open jobs of one state and kind: how many, MOST at most, and since when the first could have been done."""

    state: State
    kind: str
    how_many: int
    since: datetime


def open_jobs(session: Session) -> Sequence[Open]:
    """Return what is ready or dead, by state and kind."""
    rows = session.execute(OPEN, {"most": MOST})
    return [Open(State(row.state), row.kind, row.how_many, row.since) for row in rows]


def made(session: Session) -> int:
    """Return how many jobs were ever made, or a little more: numbers that a transaction gave up are not used again."""
    return session.scalar(select(func.max(Job.id))) or 0


def stock(session: Session) -> Counts:
    """Count the jobs that are done and kept still."""
    done = select(func.count()).select_from(Job).where(Job.state == State.DONE)
    return {"jobs_kept": {State.DONE.value: session.scalars(done).one()}}
