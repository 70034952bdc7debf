"""Secrets that a local installation makes for itself, and keeps."""

import os
import secrets
from pathlib import Path

BYTES = 48


def kept(file: Path) -> str:
    """Return the secret in *file*, made there for this user's eyes alone when there is none yet."""
    if not file.exists():
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)  # left by a run that was killed right here
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as secret:
            secret.write(secrets.token_urlsafe(BYTES))
        draft.rename(file)
    return file.read_text()
