"""Versions: `If-Match` against the version that is about to be changed."""

from flask import request

from domain.kernel.errors import StaleVersion
from web.answers import etag
from web.problems import Refusal


def check_version(version: int) -> None:
    """Honour `If-Match` when it is sent. Call with the row locked. Raises StaleVersion."""
    if "If-Match" in request.headers and not _matches(version):
        raise StaleVersion(version=version)


def require_version(version: int) -> None:
    """As `check_version`, but `If-Match` must be sent (428 otherwise)."""
    if "If-Match" not in request.headers:
        raise Refusal("precondition_required")
    check_version(version)


def _matches(version: int) -> bool:
    # Strong comparison: a weak tag (W/"v3") matches nothing.
    wanted = [tag.strip() for tag in request.headers["If-Match"].split(",")]
    return wanted == ["*"] or etag(version) in wanted
