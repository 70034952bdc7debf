"""Which deliveries are sent next, and by whom. No two who claim at the same time get the same one.

Whoever claims locks the endpoints first, and leaves those that somebody else has locked: so the tries under way to an
endpoint are counted exactly. A slow endpoint takes up its own few tries, and one that failed last a single one.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from domain.accounts.tables import Account
from domain.kernel import locks
from domain.webhooks.tables import WebhookDelivery, WebhookEndpoint

# What every account has under way, counted once in a statement, by the partial index of what is being sent.
BUSY = """
    busy AS (
        SELECT business.account_id, count(*) AS tries,
               count(*) FILTER (WHERE endpoint.failing_since IS NOT NULL) AS failing
          FROM webhook_deliveries AS delivery
          JOIN webhook_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
          JOIN businesses AS business ON business.id = endpoint.business_id
         WHERE delivery.state = 'sending'
         GROUP BY business.account_id)
"""
# What may be sent by now, if that is little; what is to be sent later is not read. If it is much, from one endpoint that has
# something waiting to the next, by the index: then what waits for the others is not read.
WAITING = """
    soon AS (
        SELECT endpoint_id, next_attempt_at FROM webhook_deliveries
         WHERE state = 'due' AND next_attempt_at <= :now ORDER BY next_attempt_at LIMIT :little + 1),
    much AS (SELECT count(*) > :little AS is_much FROM soon),
    next_ones AS (
        (SELECT endpoint_id, next_attempt_at FROM webhook_deliveries
          WHERE state = 'due' AND (SELECT is_much FROM much) ORDER BY endpoint_id, next_attempt_at LIMIT 1)
        UNION ALL
        SELECT following.*
          FROM next_ones, LATERAL (
               SELECT endpoint_id, next_attempt_at FROM webhook_deliveries
                WHERE state = 'due' AND endpoint_id > next_ones.endpoint_id
                ORDER BY endpoint_id, next_attempt_at LIMIT 1) AS following),
    waiting AS (
        SELECT endpoint_id, next_attempt_at FROM next_ones
        UNION ALL
        SELECT endpoint_id, min(next_attempt_at) FROM soon WHERE NOT (SELECT is_much FROM much) GROUP BY endpoint_id),
    found AS (
        SELECT endpoint.id, endpoint.business_id, endpoint.failing_since IS NOT NULL AS is_failing, waiting.next_attempt_at
          FROM waiting
          JOIN webhook_endpoints AS endpoint ON endpoint.id = waiting.endpoint_id
         WHERE waiting.next_attempt_at <= :now
           AND endpoint.state = 'enabled'
           AND (SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = endpoint.id AND state = 'sending')
               < CASE WHEN endpoint.failing_since IS NULL THEN :most ELSE 1 END)
"""
LITTLE = 1000
# Whoever has least under way comes first, and those that fail after all others. An endpoint's share is how many its account
# would have under way with it: beyond what is free, or an account may have, it is not worth a lock. Nor is one of an
# account for which somebody else claims just now: so an account's tries are counted exactly, however many claim.
WITH_ROOM = text(f"""
    WITH RECURSIVE {BUSY}, {WAITING},
    room AS (
        SELECT found.id, found.is_failing, found.next_attempt_at, business.account_id,
               coalesce(busy.failing, 0) AS failing, coalesce(busy.tries, 0) AS tries,
               row_number() OVER (PARTITION BY business.account_id, found.is_failing
                                      ORDER BY found.next_attempt_at, found.id) AS turn
          FROM found
          JOIN businesses AS business ON business.id = found.business_id
          LEFT JOIN busy ON busy.account_id = business.account_id)
    SELECT endpoint.id, room.is_failing, room.failing + room.turn AS share_of_failing
      FROM room
      JOIN webhook_endpoints AS endpoint ON endpoint.id = room.id
      JOIN accounts AS account ON account.id = room.account_id
     WHERE room.tries + room.turn <= least(:most_account, :limit)
     ORDER BY room.is_failing, room.tries + room.turn, room.next_attempt_at
     LIMIT :limit FOR NO KEY UPDATE OF account, endpoint SKIP LOCKED
""")  # noqa: S608 - put together of constants
FAILING = text(f"WITH {BUSY} SELECT coalesce(sum(failing), 0) FROM busy")  # noqa: S608 - likewise
LAPSED = "SELECT id FROM webhook_deliveries WHERE state = 'sending' AND lease_until <= :now"
OLDEST = "SELECT min(next_attempt_at) FROM found"
WAITING_SINCE = text(f"WITH RECURSIVE {WAITING} {OLDEST}")
ANY_DUE = text(f"WITH RECURSIVE {WAITING} SELECT EXISTS (SELECT FROM found) OR EXISTS ({LAPSED})")  # noqa: S608 - likewise

# Counted anew under the locks, which the statement before has waited for nobody to get. Of an account the first of each
# endpoint comes before the second of any; and of all accounts, what brings one that has little under way to its share comes
# before what brings another to a larger one. A try is made if its account has no more with it than is then left free: who
# is alone has half of the room, two have a third each, and whoever comes later finds as much free as the others have.
TAKE = text(f"""
    WITH {BUSY},
    room AS (
        SELECT id, (SELECT account_id FROM businesses WHERE id = business_id) AS account_id,
               CASE WHEN failing_since IS NULL THEN :most ELSE 1 END
                   - (SELECT count(*) FROM webhook_deliveries
                       WHERE endpoint_id = webhook_endpoints.id AND state = 'sending') AS free
          FROM webhook_endpoints WHERE id = ANY(:endpoint_ids) AND state = 'enabled'),
    turns AS (
        SELECT next.id, next.next_attempt_at, room.account_id,
               row_number() OVER (PARTITION BY room.id ORDER BY next.next_attempt_at, next.id) AS turn
          FROM room, LATERAL (
               SELECT id, next_attempt_at FROM webhook_deliveries
                WHERE endpoint_id = room.id AND state = 'due' AND next_attempt_at <= :now
                ORDER BY next_attempt_at, id LIMIT greatest(room.free, 0)) AS next),
    shares AS (
        SELECT id, next_attempt_at,
               row_number() OVER (PARTITION BY account_id ORDER BY turn, next_attempt_at, id)
                   + coalesce(tries, 0) AS share
          FROM turns LEFT JOIN busy USING (account_id)),
    places AS (
        SELECT id, share, row_number() OVER (ORDER BY share, next_attempt_at, id) AS place
          FROM shares WHERE share <= :most_account),
    chosen AS (
        SELECT id FROM places WHERE share <= :limit - (place - 1) ORDER BY place LIMIT :limit)
    UPDATE webhook_deliveries AS delivery
       SET state = 'sending', attempts = attempts + 1, tries = delivery.tries + 1, next_attempt_at = NULL,
           leased_by = :lease, lease_until = :lease_until
      FROM chosen
     WHERE delivery.id = chosen.id AND delivery.state = 'due'
 RETURNING delivery.id
""")  # noqa: S608 - put together of constants

TOLD = text("""
    SELECT delivery.id, delivery.endpoint_id, delivery.event_id, delivery.attempts, delivery.body, endpoint.url,
           endpoint.secret, CASE WHEN endpoint.previous_until > :now THEN endpoint.previous_secret END AS previous_secret,
           events.public_id, events.business_id, events.kind, events.subject_id, events.subject_version, events.payload,
           events.request_id, events.created_at
      FROM webhook_deliveries AS delivery
      JOIN webhook_endpoints AS endpoint ON endpoint.id = delivery.endpoint_id
      LEFT JOIN events ON events.public_id = delivery.event_id
     WHERE delivery.id = ANY(:ids)
     ORDER BY delivery.id
""")
KEEP_BODIES = text("""
    UPDATE webhook_deliveries SET body = row.body
      FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS row (id uuid, body text)
     WHERE webhook_deliveries.id = row.id
""")


def any_due(session: Session, *, most: int, now: datetime) -> bool:
    """Tell whether there is anything to be claimed, or to be taken back."""
    return bool(session.scalar(ANY_DUE, {"most": most, "now": now, "little": LITTLE}))


def endpoints_with_room_for_update(
    session: Session, *, most: int, most_account: int, failing: int, limit: int, now: datetime
) -> Sequence[UUID]:
    """Lock endpoints for which something is due and fewer than *most* tries are under way; skip what others hold.

    Their accounts are locked before them, so that of an account one at a time claims; none has more than *most_account*
    tries under way, to all of its businesses' endpoints. Of the endpoints that fail so many are returned that about
    *failing* are tried at a time by all who send, and an account's are no more of these than are left to the others.

    One statement locks both tables, each row's account before its endpoint, by turn and not by key: whoever skips what
    others hold waits for nobody, so no order among rows is needed.
    """
    locks.enter(session, Account.__tablename__)
    locks.enter(session, WebhookEndpoint.__tablename__)
    bounds = {"most": most, "most_account": most_account, "limit": limit, "now": now, "little": LITTLE}
    found = session.execute(WITH_ROOM, bounds).all()
    free = failing - int(session.scalars(FAILING).one())
    tried = [row.id for place, row in enumerate(filter(_is_failing, found)) if row.share_of_failing <= free - place]
    return [*(row.id for row in found if not row.is_failing), *tried]


def take(session: Session, endpoint_ids: Collection[UUID], **lease: Any) -> Sequence[UUID]:  # noqa: ANN401 - TAKE's parameters
    """Lease due deliveries of locked endpoints: `most, most_account, limit, now, lease, lease_until`.

    *limit* is how many more the claimer could send: an account is given as many as it leaves to the others.
    """
    locks.require(session, WebhookEndpoint.__tablename__)
    locks.enter(session, WebhookDelivery.__tablename__)
    return session.scalars(TAKE, {"endpoint_ids": list(endpoint_ids), **lease}).all()


def _is_failing(row: Row[Any]) -> bool:
    return bool(row.is_failing)


def told(session: Session, delivery_ids: Collection[UUID], *, now: datetime) -> Sequence[Row[Any]]:
    """Return deliveries with what sending them needs: the endpoint's URL and secrets, and the event as it was written."""
    return session.execute(TOLD, {"ids": list(delivery_ids), "now": now}).all()


def keep_bodies(session: Session, bodies: Mapping[UUID, str]) -> None:
    """Keep what is sent, for the tries to come and for whoever looks it up."""
    rows = [{"id": str(each), "body": body} for each, body in bodies.items()]
    session.execute(KEEP_BODIES, {"rows": json.dumps(rows)})


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """Return since when what has waited longest of what may be sent by now could be; None: there is nothing."""
    found: datetime | None = session.scalar(WAITING_SINCE, {"now": now, "most": 1, "little": LITTLE})
    return found
