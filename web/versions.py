"""Versions: `If-Match` says which version of an object a caller means to change."""

import re

from flask import request

STRONG_TAG = re.compile(r'"v([0-9]{1,9})"')
NONE_OF_OURS = 0  # versions begin with 1


def expected_version() -> int | None:
    """Return the version named by `If-Match`, or None when any will do. A tag that is none of ours matches nothing.

    The comparison is strong: a weak tag (W/"v3") matches nothing either.
    """
    wanted = request.headers.get("If-Match", "*").strip()
    if wanted == "*":
        return None
    found = STRONG_TAG.fullmatch(wanted)
    return int(found[1]) if found else NONE_OF_OURS
