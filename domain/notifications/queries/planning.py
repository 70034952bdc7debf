"""Planning: what follows from a stretch of events, written set-wise. What was planned before is left as it is."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.kernel.addresses import FOLDED
from domain.kernel.tails import WITHIN, Stretch
from domain.notifications.queries.by_link import IS_BY_LINK
from domain.notifications.rules.notices import DELAYS, ENDING, OF_OWNERS, OF_TOKENS, PLANNING, SAID, Skip, Urgency
from domain.notifications.rules.reminding import DEFAULT

# As python-ulid makes them: 48 bits of milliseconds, and chance.
NEW_ID = (
    "CAST(lpad(to_hex(CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)), 12, '0')"
    " || substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 13) AS uuid)"
)
# Whose mail it is: that of who did what is told of, of what nobody did that of who booked; for a member it is the business's.
# So nobody uses up what a business may send by booking there, and no business what its customers may. What a member has
# booked for somebody else stays the business's when they are one no more.
BEHIND = """
          JOIN businesses AS run ON run.id = b.business_id
          LEFT JOIN booking_history AS done ON done.booking_id = b.id AND done.version = {version}
          JOIN users AS doer ON doer.id = coalesce(done.actor_id, b.booked_by)
          LEFT JOIN members AS inside ON inside.business_id = b.business_id AND inside.user_id = doer.id
"""
ACCOUNT = (
    "CASE WHEN inside.user_id IS NOT NULL OR b.by_member AND doer.id = b.booked_by THEN run.account_id"
    " ELSE doer.account_id END AS account_id"
)
SPELT = FOLDED.format("address")
INTO = f"""
    INSERT INTO notifications (
           id, business_id, booking_id, account_id, is_by_link, event_id, version, kind, channel, audience, address, name,
           details, sequence, urgency, state, due_at, next_try_at, dedupe_key, created_at)
    SELECT {NEW_ID}, business_id, booking_id, account_id, is_by_link, event_id, version, kind, channel, audience, address, name,
           details, sequence, :urgency, 'due', due_at, due_at, dedupe_key, :now
"""

# A member who serves is told by who they are, and not twice if they fill two roles or their address is listed, too; so is
# who served what has been moved to others. Of moves that follow close on each other the last alone is told: they would all
# say where the booking is now.
SERVING = """
          JOIN resources AS r ON r.id = filled.resource_id
          JOIN users AS u ON u.id = r.user_id
          JOIN members AS m ON m.business_id = about.business_id AND m.user_id = u.id AND m.has_agreed
"""
MAILS = text(f"""
    WITH said AS (
        SELECT events.public_id AS event_id, events.payload AS details,
               CASE WHEN events.kind LIKE 'booking.%' THEN events.subject_version END AS version,
               events.created_at + said.delay AS due_at, said.notice,
               CASE WHEN events.kind LIKE 'booking.%' THEN events.subject_id
                    ELSE CAST(events.payload ->> 'booking_id' AS uuid) END AS booking_id
          FROM events
          JOIN jsonb_to_recordset(CAST(:said AS jsonb)) AS said (kind text, notice text, delay interval)
            ON said.kind = events.kind
         WHERE {WITHIN}),
    about AS (
        SELECT said.*, b.business_id, {ACCOUNT}, {IS_BY_LINK.format(line="done")}, b.sequence, b.customer_email, b.customer_name, b.resources,
               s.staff_addresses, s.tells_who_serves, coalesce(s.staff_notices ? said.notice, false) AS tells_staff,
               coalesce(s.staff_notices ?| ARRAY['rescheduled', 'handed_over'], false) AS tells_who_served,
               said.notice = 'rescheduled' AND EXISTS (
                   SELECT FROM booking_history AS later
                    WHERE later.booking_id = b.id AND later.version > said.version AND later.changes ? 'starts_at') AS is_past
          FROM said
          JOIN bookings AS b ON b.id = said.booking_id
          {BEHIND.format(version="said.version")}
          LEFT JOIN message_settings AS s ON s.business_id = b.business_id),
    whom AS (
        SELECT about.*, notice AS kind, 'customer' AS audience, customer_email AS address, customer_name AS name
          FROM about
         WHERE NOT is_past
         UNION ALL
        SELECT about.*, notice, 'staff', listed.address, ''
          FROM about, jsonb_array_elements_text(about.staff_addresses) AS listed (address)
         WHERE tells_staff AND NOT is_past
         UNION ALL
        SELECT about.*, notice, 'staff', u.email, u.name
          FROM about
          CROSS JOIN jsonb_to_recordset(about.resources) AS filled (resource_id uuid)
          {SERVING}
         WHERE tells_staff AND tells_who_serves AND NOT is_past
         UNION ALL
        SELECT about.*, 'handed_over', 'staff', u.email, u.name
          FROM about
          CROSS JOIN jsonb_to_recordset(
               CASE notice WHEN 'rescheduled' THEN details -> 'resources' -> 0 END) AS filled (resource_id uuid)
          {SERVING}
         WHERE tells_who_served AND tells_who_serves
           AND NOT EXISTS (
               SELECT FROM jsonb_to_recordset(about.resources || (details -> 'resources' -> 1)) AS kept (resource_id uuid)
                 JOIN resources AS other ON other.id = kept.resource_id
                WHERE other.user_id = u.id))
    {INTO}
      FROM (SELECT whom.*, 'email' AS channel,
                   concat_ws(' ', event_id, kind, audience, 'email', {SPELT}) AS dedupe_key
              FROM whom) AS planned
        ON CONFLICT (dedupe_key) DO NOTHING
""")  # noqa: S608 - made of our own words

# A reminder whose time had come when the booking got its place is not planned: the confirmation says it all. Of one
# that is planned late, after an outage, is judged when it is sent. Of a booking that was moved meanwhile the move plans.
BY_RULE = """
               b.sequence, b.customer_email AS address, b.customer_name AS name, rule.notice AS kind, rule.channel, rule.minutes,
               CASE rule.notice WHEN 'reminder' THEN b.starts_at - rule.minutes * interval '1 minute'
                                ELSE b.ends_at + rule.minutes * interval '1 minute' END AS due_at
"""
RULED_BY = """
          LEFT JOIN reminder_plans AS p ON p.business_id = b.business_id
          CROSS JOIN jsonb_to_recordset(
               coalesce(p.rules -> 'services' -> CAST(b.service_id AS text), p.rules -> 'rules', CAST(:default AS jsonb))
               ) AS rule (notice text, minutes int, channel text)
"""
AS_RULED = f"""
    {INTO}
      FROM (SELECT ruled.*, 'customer' AS audience, jsonb_build_object('minutes', minutes) AS details,
                   concat_ws(' ', booking_id, kind, minutes, channel, sequence, {SPELT}) AS dedupe_key
              FROM ruled) AS planned
"""  # noqa: S608 - made of our own words
RULES = f"""
    WITH ruled AS (
        SELECT events.public_id AS event_id, events.subject_version AS version, events.created_at AS at,
               b.id AS booking_id, b.business_id, {ACCOUNT}, {IS_BY_LINK.format(line="last")},
               {BY_RULE}
          FROM events
          JOIN bookings AS b ON b.id = events.subject_id
          {BEHIND.format(version="1")}
          LEFT JOIN booking_history AS last ON last.booking_id = b.id AND last.version = events.subject_version
          {RULED_BY}
         WHERE {WITHIN} AND events.kind = ANY (:kinds) AND rule.notice = :notice AND b.status = :status
           AND NOT EXISTS (
               SELECT FROM booking_history AS later
                WHERE later.booking_id = b.id AND later.version > events.subject_version AND later.changes ? 'starts_at'))
    {AS_RULED}
"""  # noqa: S608 - made of our own words
# The ticket that such a message carries is made of the token when it is sent, and never kept.
PERSONAL = f"""
    WITH said AS (
        SELECT events.public_id AS event_id, events.subject_id, events.subject_version AS version, events.business_id,
               events.created_at AS due_at, events.payload, told.notice AS kind
          FROM events
          JOIN jsonb_each_text(CAST(:told AS jsonb)) AS told (kind, notice) ON told.kind = events.kind
         WHERE {WITHIN}),
    whom AS ({{whom}})
    {INTO}
      FROM (SELECT whom.*, CAST(NULL AS uuid) AS booking_id, CAST(NULL AS uuid) AS account_id, false AS is_by_link, 0 AS sequence,
                   'user' AS audience, 'email' AS channel,
                   concat_ws(' ', {{about}}, kind, 'email', {SPELT}) AS dedupe_key
              FROM whom) AS planned
        ON CONFLICT (dedupe_key) DO NOTHING
"""  # noqa: S608 - made of our own words
# Whoever has registered is written to as they have, and not as whoever asked has spelt it.
TO_ADDRESSES = text(
    PERSONAL.format(
        whom=f"""
        SELECT said.*, coalesce(u.email, t.email) AS address, '' AS name,
               jsonb_build_object('token_id', t.id, 'locale', t.locale) AS details
          FROM said
          JOIN account_tokens AS t ON t.id = said.subject_id
          LEFT JOIN users AS u ON {FOLDED.format("u.email")} = {FOLDED.format("t.email")}
        """,  # noqa: S608 - made of our own words
        about="event_id",
    )
)
# Whoever has proven their address, as anybody can make a stranger an owner; and of an endpoint and a reason once a day.
TO_OWNERS = text(
    PERSONAL.format(
        whom="""
        SELECT said.*, u.email AS address, u.name, said.payload AS details
          FROM said
          JOIN members AS m ON m.business_id = said.business_id AND m.role = 'owner'
          JOIN users AS u ON u.id = m.user_id AND u.email_verified_at IS NOT NULL
         WHERE said.payload ->> 'reason' <> 'asked'
        """,
        about="subject_id, payload ->> 'reason', CAST(due_at AT TIME ZONE 'UTC' AS date)",
    )
)
# They would be judged so when they are due; whoever reads the log is not to believe in them until then.
STALE = text(f"""
    UPDATE notifications AS n
       SET state = 'skipped', next_try_at = NULL,
           skip_reason = CASE WHEN b.status = 'cancelled' THEN :not_so ELSE :moved END
      FROM bookings AS b
     WHERE b.id IN (SELECT events.subject_id FROM events
                     WHERE {WITHIN} AND events.kind IN ('booking.rescheduled', 'booking.cancelled'))
       AND n.booking_id = b.id AND n.kind = 'reminder' AND n.state = 'due'
       AND (b.status = 'cancelled' OR n.sequence < b.sequence)
""")  # noqa: S608 - made of our own words
AGAIN = "ON CONFLICT (dedupe_key) DO NOTHING"
REMINDERS = text(f"{RULES} WHERE due_at > at {AGAIN}")
FOLLOW_UPS = text(f"{RULES} {AGAIN}")


def plan(session: Session, stretch: Stretch, *, now: datetime) -> None:
    """Plan what follows from a stretch of events: mails, reminders, follow-ups."""
    asked = {**stretch._asdict(), "now": now}
    rules = {**asked, "urgency": Urgency.BY_RULE, "default": json.dumps(DEFAULT.packed()["rules"])}
    personal = {**asked, "urgency": Urgency.PERSONAL}
    reminding = {"notice": "reminder", "status": "confirmed", "kinds": [*PLANNING]}
    following = {"notice": "follow_up", "status": "completed", "kinds": [*ENDING]}
    statements: list[tuple[Any, Mapping[str, Any]]] = [
        (MAILS, asked | {"urgency": Urgency.NEWS, "said": _said()}),
        (REMINDERS, rules | reminding),
        (FOLLOW_UPS, rules | following),
        (STALE, asked | {"not_so": Skip.NOT_SO_ANY_MORE, "moved": Skip.MOVED}),
        (TO_ADDRESSES, personal | {"told": json.dumps(OF_TOKENS)}),
        (TO_OWNERS, personal | {"told": json.dumps(OF_OWNERS)}),
    ]
    for statement, given in statements:
        session.execute(statement, given)


def _said() -> str:
    rows = [
        {
            "kind": kind,
            "notice": notice.value,
            "delay": f"{DELAYS[notice].total_seconds() if notice in DELAYS else 0} seconds",
        }
        for kind, notice in SAID.items()
    ]
    return json.dumps(rows)
