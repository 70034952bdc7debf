"""Languages: which of ours a caller reads, by what their browser or program says."""

from flask import request

from domain.notifications.rules.speech import LANGUAGES


def preferred() -> str | None:
    """Return the language that `Accept-Language` prefers of those that there are words in; None: it names none of them.

    Of wherever it is spoken: for `ar-EG, en;q=0.5` werkzeug's own `best_match` takes English, which is named exactly.
    """
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((language for language in wanted if language in LANGUAGES), None)
