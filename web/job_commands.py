"""Commands about jobs, for operators: `flask --app web.app jobs …`."""

import click

from config.clock import clock
from config.transaction import reading, transaction
from domain.kernel import leases
from domain.kernel.actors import OPERATOR
from domain.kernel.ids import Kind, shown
from domain.kernel.jobs import Job, State
from web.command_group import Commands
from web.printing import Row, as_json, instant, print_one, print_rows

jobs = Commands("jobs", help="Look after the jobs that accepted requests left to be done.")

ABOUT = {"bookings": Kind.BOOKING, "provider_events": Kind.PROVIDER_EVENT}
"""What jobs are about, by the room of their task; of payments' some are about a refund or a booking, so those show a UUID."""


@jobs.command("list")
@click.option(
    "--state", type=click.Choice([state.value for state in State]), default=State.DEAD.value, show_default=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_jobs(state: str, limit: int, *, as_json: bool) -> None:
    """List jobs, the newest first: those that are dead, unless another state is asked for."""
    with reading() as session:
        rows = [_row(job) for job in leases.listed(session, State(state), limit=limit)]
    print_rows(rows, as_json=as_json, none=f"There are no {state} jobs.")


@jobs.command("show")
@click.argument("job_id", type=int)
@as_json
def show_job(job_id: int, *, as_json: bool) -> None:
    """Show all that is known of one job; search the logs for its request id to see what led to it."""
    with reading() as session:
        job = session.get(Job, job_id)
    if job is None:
        raise click.ClickException(f"There is no job {job_id}: it never was, or it was done a week ago.")
    more = {
        "state": job.state,
        "request_id": job.request_id,
        "may_be_done_from": instant(job.run_at),
        "left_alone_until": instant(job.lease_until) if job.state == State.READY else None,
        "at_work": job.leased_by is not None,
        "published": job.published,
        "finished": instant(job.finished_at),
    }
    print_one({**_row(job), **more}, as_json=as_json)


@jobs.command("retry")
@click.argument("job_ids", type=int, nargs=-1, required=True)
@as_json
def retry_jobs(job_ids: tuple[int, ...], *, as_json: bool) -> None:
    """Bring dead jobs back to be tried again, with their attempts forgotten."""
    with transaction() as session:
        count = leases.retried(session, job_ids, by=OPERATOR, now=clock())
    if as_json:
        print_one({"asked": len(job_ids), "brought_back": count}, as_json=True)
        return
    click.echo(
        f"{count} of {len(job_ids)} brought back." if count else "None of these jobs is dead; nothing to bring back."
    )


def _row(job: Job) -> Row:
    kind = ABOUT.get(job.kind.partition(".")[0])
    return {
        "id": job.id,
        "kind": job.kind,
        "attempts": job.attempts,
        "about": shown(kind, job.ref_id) if kind else str(job.ref_id),
        "since": instant(job.created_at),
        "last_error": job.last_error,
    }
