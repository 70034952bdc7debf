"""Rows: JSON objects by kind, scope and key, in memory, and in an SQLite file as well when one is named."""

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TABLE = "CREATE TABLE IF NOT EXISTS rows (kind, scope, key, value, PRIMARY KEY (kind, scope, key))"
PUT = "INSERT INTO rows VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


class Rows:
    """What the stand-ins know. Rows of one kind keep the order in which they came.

    A row that was got is the row itself: change it under the world's lock, then put it, so that the file follows.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._open = True
        self._kinds: dict[str, dict[tuple[str, str], Json]] = {}
        self._file = sqlite3.connect(
            file or ":memory:",
            isolation_level=None,  # each statement stands by itself
            check_same_thread=False,
        )
        self._file.execute("PRAGMA synchronous = OFF")  # toy money: a power cut may take some
        self._file.execute(TABLE)
        for kind, scope, key, value in self._file.execute("SELECT * FROM rows ORDER BY rowid"):
            self._kinds.setdefault(kind, {})[scope, key] = json.loads(value)

    def put(self, kind: str, scope: str, key: str, value: Json) -> Json:
        """Keep *value*, and return it."""
        with self._lock:
            self._kinds.setdefault(kind, {})[scope, key] = value
            if self._open:
                self._file.execute(PUT, (kind, scope, key, json.dumps(value)))
        return value

    def get(self, kind: str, scope: str, key: str) -> Json | None:
        """Return the row, or None."""
        with self._lock:
            return self._kinds.get(kind, {}).get((scope, key))

    def of(self, kind: str, scope: str | None = None) -> list[Json]:
        """Return the rows of *kind*, oldest first; those of every scope when none is named."""
        with self._lock:
            found = self._kinds.get(kind, {})
            return [row for (where, _), row in found.items() if scope in (None, where)]

    def scoped(self, kind: str) -> list[tuple[str, Json]]:
        """Return the rows of *kind* with the scopes they are in, oldest first."""
        with self._lock:
            return [(scope, row) for (scope, _), row in self._kinds.get(kind, {}).items()]

    def scopes(self, kind: str, key: str) -> list[str]:
        """Return the scopes in which *kind* has a row under *key*."""
        with self._lock:
            return [scope for scope, other in self._kinds.get(kind, {}) if other == key]

    def drop(self, kind: str, scope: str, key: str) -> None:
        """Forget a row, if it is there."""
        with self._lock:
            self._kinds.get(kind, {}).pop((scope, key), None)
            if self._open:
                self._file.execute("DELETE FROM rows WHERE (kind, scope, key) = (?, ?, ?)", (kind, scope, key))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kinds.clear()
            self._file.execute("DELETE FROM rows")

    def close(self) -> None:
        """Let go of the file; who is late writes to memory only."""
        with self._lock:
            self._open = False
            self._file.close()
