"""A mailbox on this machine, for as long as there is no mail server: a folder with a file for each letter."""

from pathlib import Path

from domain.notifications.rules.letters import Letter, flattened
from workers.delivery.written import mail_of


class Mailbox:
    """Leaves letters in *folder*. What is sent twice is there once, by its Message-ID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        """Leave a letter, as it would be sent. Errors: Refused."""
        mail = mail_of(letter)
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{letter.message_id.strip('<>').partition('@')[0]}.eml"
        draft = place.with_suffix(".new")
        draft.write_bytes(flattened(mail))
        draft.rename(place)

    def close(self) -> None:
        """Do nothing: a folder stays open."""
