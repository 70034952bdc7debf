"""Processes that send side by side, and a crowd of messages for them."""

import os
import subprocess
import sys

from sqlalchemy import text

from config.settings import ROOT
from config.transaction import transaction

MANY = text("""
    INSERT INTO notifications (id, business_id, booking_id, account_id, kind, channel, audience, address, name, sequence, details, state,
                               due_at, next_try_at, dedupe_key, created_at)
    SELECT gen_random_uuid(), business_id, booking_id, (SELECT id FROM accounts ORDER BY id OFFSET n % 2 LIMIT 1), 'reminder', channel, audience, 'ada' || n || '@example.com', name,
           sequence, jsonb_build_object('minutes', 60), 'due', :now, :now, 'many ' || n, created_at
      FROM notifications, generate_series(1, :count) AS n
     WHERE kind = 'confirmed'
""")


def url() -> str:
    """Return where the database is that was entered last."""
    with transaction() as session:
        address = session.connection().engine.url.render_as_string(hide_password=False)
    return address.replace("+psycopg", "")


def process(program: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url()} | more,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
