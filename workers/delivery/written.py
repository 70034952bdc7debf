"""A letter as mail, or a word that nobody can write it: whatever carries it, no try would fare better."""

from email.message import EmailMessage

from domain.notifications.gateway import Refused
from domain.notifications.rules.letters import Letter, composed


def mail_of(letter: Letter) -> EmailMessage:
    """Return a letter as mail. Errors: Refused, for an address that mail cannot write."""
    try:
        return composed(letter)
    except ValueError as error:
        raise Refused("address", str(error)) from error
