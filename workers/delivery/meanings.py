"""What it means for a letter what a mail server says, or that it says nothing.

Of what a server says of a recipient or of what was written, 5xx is for good and 4xx for now, and so is 5.7.x, and what it
says of itself or its network. A server that does not let us in, or takes nothing from our address, has said nothing of
the letter: that is for now, too, and for all that is due.
"""

import re

from domain.notifications.gateway import Away, PostError, Refused

PERMANENT = 500
NOT_LET_IN = 530
FOR_NOW = re.compile(r"5\.(?:3\.(?![34]\b)|4\.(?![1467]\b)|7\.)")
"""So begins what may be put right, so that it is tried again (RFC 3463): 5.3.x is about the server, 5.4.x about the network
(5.4.5 is congestion, and what is said of too many mails on a day), and 5.7.x about who may send what to whom. For good are
features (5.3.3) and a size (5.3.4) that it does not take, a domain that has no way to it (5.4.4), a loop (5.4.6), and what
was too long under way (5.4.7). 5.4.1 was to be for now only, but the largest of hosts says so of addresses that it does not know.

None of it is taken for more than one letter's: no account must be able to stop the mail of all others by naming such a recipient."""


def said(code: int, message: bytes | str) -> PostError:
    """Return what a server's answer about a letter means."""
    text = message.decode(errors="replace") if isinstance(message, bytes) else message
    is_of_us = code == NOT_LET_IN
    if code >= PERMANENT and not is_of_us and not FOR_NOW.match(text):
        return Refused(str(code), text)
    # 421 closes the line, and -1 stands for one that was closed before an answer.
    return Away(str(code), text, is_of_the_line=is_of_us or code in {421, -1}, is_a_try=not is_of_us)


def lost(error: Exception, what: type[Away]) -> Away:
    """Return what it means that a line was lost, or that nothing is taken from us. The server's own words are kept."""
    name, text = _words(error)
    return what(name, text, is_of_the_line=True)


def not_let_in(error: Exception) -> Away:
    """Return what it means that there is no line: no letter was begun with."""
    name, text = _words(error)
    return Away(name, text, is_of_the_line=True, is_a_try=False)


def _words(error: Exception) -> tuple[str, str]:
    code = getattr(error, "smtp_code", None)
    words = getattr(error, "smtp_error", None) or str(error)
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return str(code) if code else type(error).__name__, text
