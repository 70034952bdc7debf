"""The demo's API key, which the pages of the API sign in with: kept beside the other local secrets, never in production."""

import os
from pathlib import Path

from config.settings import settings


def kept_key() -> str | None:
    """Return the key that is kept on this machine; None in production, where there is no demo."""
    file = _file()
    return file.read_text(encoding="utf-8") if not settings().is_production and file.exists() else None


def keep_key(key: str) -> None:
    """Keep a key for this user's eyes alone."""
    file = _file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)  # left by a run that was killed right here
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(key)
    draft.rename(file)


def _file() -> Path:
    return settings().data_dir / "keys" / "demo_api_key"
