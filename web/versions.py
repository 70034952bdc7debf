"""Versions: `If-Match` says which version of an object a caller means to change, `If-None-Match: *` that there is none."""

import re

from flask import request

from web.problems import Refusal

# What follows the version tells apart what is shown of it: see `web/unchanged.py`.
STRONG_TAG = re.compile(r'"v([1-9][0-9]{0,8})(?:-[0-9a-f]{16})?"')

UNQUOTED = 'That is no tag: in `If-Match` each stands in quotes, as in "v3". Send the `ETag` as it came.'


def expected_versions() -> frozenset[int] | None:
    """Return the versions named by `If-Match`, or None when any will do.

    The comparison is strong: a weak tag (W/"v3") matches nothing, nor does a tag that is none of ours. Raises Refusal for
    what is no tag, as the version alone.
    """
    wanted = [tag.strip() for tag in request.headers.get("If-Match", "*").split(",")]
    if wanted == ["*"]:
        return None
    if not any('"' in tag for tag in wanted):
        raise Refusal("stale_version", UNQUOTED)
    return frozenset(int(found[1]) for tag in wanted if (found := STRONG_TAG.fullmatch(tag)))


def required_versions() -> frozenset[int] | None:
    """Return the versions named by `If-Match`, or None when any will do; refuse a request that does not say."""
    if "If-Match" not in request.headers:
        raise Refusal("precondition_required")
    return expected_versions()


def versions_or_none_yet() -> frozenset[int] | None:
    """Return the versions that are meant of what may not exist: without `If-Match` none may be there yet, version 0.

    Who names a version and, by `If-None-Match: *`, none at all means what cannot be.
    """
    if "If-Match" not in request.headers:
        return frozenset({0})
    return frozenset() if _expects_none() else expected_versions()


def is_silent() -> bool:
    """Tell whether a request leaves open what it expects to find; tags in `If-None-Match` only say what it does not."""
    return "If-Match" not in request.headers and not _expects_none()


def _expects_none() -> bool:
    return request.headers.get("If-None-Match", "").strip() == "*"
