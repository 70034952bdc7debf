"""A mailbox on this machine, for as long as there is no mail server: a folder with a file for each letter."""

from email.policy import SMTPUTF8
from pathlib import Path

from domain.notifications.rules.letters import Letter, composed


class Mailbox:
    """Leaves letters in *folder*. What is sent twice is there once, by its Message-ID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        """Leave a letter."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{letter.message_id.strip('<>').partition('@')[0]}.eml"
        draft = place.with_suffix(".new")
        draft.write_bytes(composed(letter).as_bytes(policy=SMTPUTF8))
        draft.rename(place)

    def close(self) -> None:
        """Do nothing: a folder stays open."""
