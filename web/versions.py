"""Versions: `If-Match` says which version of an object a caller means to change."""

import re

from flask import request

from web.problems import Refusal

STRONG_TAG = re.compile(r'"v([0-9]{1,9})"')


def expected_versions() -> frozenset[int] | None:
    """Return the versions named by `If-Match`, or None when any will do.

    The comparison is strong: a weak tag (W/"v3") matches nothing, nor does a tag that is none of ours.
    """
    wanted = [tag.strip() for tag in request.headers.get("If-Match", "*").split(",")]
    if wanted == ["*"]:
        return None
    return frozenset(int(found[1]) for tag in wanted if (found := STRONG_TAG.fullmatch(tag)))


def required_versions() -> frozenset[int] | None:
    """Return the versions named by `If-Match`, or None when any will do; refuse a request that does not say."""
    if "If-Match" not in request.headers:
        raise Refusal("precondition_required")
    return expected_versions()


def versions_or_none_yet() -> frozenset[int] | None:
    """Return the versions named by `If-Match`, of what may not exist: without it none may be there yet, version 0."""
    return expected_versions() if "If-Match" in request.headers else frozenset({0})


def is_silent() -> bool:
    """Tell whether a request leaves open what it expects to find."""
    return not any(name in request.headers for name in ("If-Match", "If-None-Match"))
