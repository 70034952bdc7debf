"""The yardstick of the web: a Flask application of a few lines, with psycopg and nothing of ours.

It checks no more than a token, and answers what it has read or written. Served on the Procfile's own settings.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask, request
from flask_jwt_extended import JWTManager, get_jwt, verify_jwt_in_request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from ulid import ULID

PRINCIPAL = """
    SELECT u.account_id, a.plan, u.is_operator, u.name, u.email,
           (SELECT jsonb_object_agg(m.business_id::text, m.role) FROM members AS m WHERE m.user_id = u.id) AS roles
      FROM sessions AS s JOIN users AS u ON u.id = s.user_id JOIN accounts AS a ON a.id = u.account_id
     WHERE s.id = %s AND s.user_id = %s AND s.revoked_at IS NULL AND s.expires_at > now()
"""
LOOK = """
    SELECT id, business_id, service_id, resource_id, customer_id, status, payment_status, starts_at, ends_at, timezone,
           party, price_amount, currency, cancellation_policy, hold_expires_at, rejection_code, sequence, version,
           created_at, updated_at
      FROM bookings
     WHERE id = %s AND (customer_id = %s OR booked_by = %s)
"""
BOOKING = """
    INSERT INTO bookings (id, business_id, service_id, booked_by, customer_id, customer_name, customer_email, status,
           payment_status, starts_at, ends_at, timezone, local_start, tzdata_version, buffer_before_minutes,
           buffer_after_minutes, party, price_amount, currency, cancellation_policy, rejection_reasons, sequence)
    VALUES (%(id)s, %(business_id)s, %(service_id)s, %(user_id)s, %(user_id)s, 'Ada', 'ada@example.com', 'pending',
           'not_required', %(starts_at)s, %(ends_at)s, 'Africa/Lagos', '', '2025.2', 0, 0, 1, 0, 'NGN', '{}', '[]', 0)
"""
HISTORY = (
    "INSERT INTO booking_history (booking_id, version, to_status, actor_id, at)"
    " VALUES (%(id)s, 1, 'pending', %(user_id)s, now())"
)
EVENT = (
    "INSERT INTO events (public_id, business_id, kind, subject_id, subject_version, payload, created_at)"
    " VALUES (%(event_id)s, %(business_id)s, 'booking.requested', %(id)s, 1, '{}', now())"
)
# Done already, so that no worker takes it up: the yardstick is of accepting alone.
JOB = (
    "INSERT INTO jobs (kind, ref_id, lane, event_id, state, run_at, lease_until, created_at)"
    " VALUES ('bookings.allocate', %(id)s, %(business_id)s, %(event_id)s, 'done', now(), now(), now()) RETURNING id"
)


def create_app() -> Flask:
    """Return the application."""
    app = Flask(__name__)
    app.config.update(
        JWT_SECRET_KEY=os.environ["JWT_SECRET_KEY"],
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_DECODE_ISSUER="aionbooking",
        JWT_DECODE_AUDIENCE="aionbooking-api",
    )
    JWTManager(app)
    pool = ConnectionPool(
        os.environ["DATABASE_URL"], min_size=10, max_size=20, open=False, kwargs={"row_factory": dict_row}
    )

    @app.get("/livez")
    def live() -> dict[str, Any]:
        pool.open()
        return {}

    @app.get("/api/bookings/<uuid:booking_id>")
    def look(booking_id: object) -> Any:  # noqa: ANN401 - what Flask takes
        user_id = _user(pool)
        with pool.connection() as connection:
            row = connection.execute(LOOK, (booking_id, user_id, user_id)).fetchone()
        return app.response_class(json.dumps(row, default=str), mimetype="application/json")

    @app.post("/api/bookings")
    def book() -> Any:  # noqa: ANN401 - what Flask takes
        body = request.get_json()
        start = datetime.fromisoformat(body["starts_at"])
        row = {**body, "id": uuid4(), "event_id": uuid4(), "starts_at": start, "ends_at": start + timedelta(minutes=30)}
        with pool.connection() as connection:
            for statement in (BOOKING, HISTORY, EVENT, JOB):
                connection.execute(statement, row)
        answer = row | {"status": "pending", "created_at": datetime.now(UTC)}
        return app.response_class(json.dumps(answer, default=str), status=202, mimetype="application/json")

    return app


def _user(pool: ConnectionPool[Any]) -> object:
    """Check the token, and that its session has not ended."""
    verify_jwt_in_request()
    claims = get_jwt()
    user_id, session_id = (ULID.from_str(claims[name].partition("_")[2].upper()).to_uuid() for name in ("sub", "sid"))
    with pool.connection() as connection:
        assert connection.execute(PRINCIPAL, (session_id, user_id)).fetchone()
    return user_id
