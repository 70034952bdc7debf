"""What notifications need of who carries them: calls that are made outside of any transaction.

PostError
├── Refused      it has not arrived and will not, however often it is sent: the address, or what it says
└── Away         it may arrive when it is sent again: nobody there, not now, or the line was lost
    └── Unsure   the line was lost after all of it was said: it may have been taken
"""

from typing import Protocol

from domain.notifications.rules.letters import Letter


class PostError(Exception):
    """A letter was not taken; *code* is what a log is searched for, *message* the server's own words.

    *is_of_the_line*: the next letter would fare no better. *is_a_try*: this one was begun with, so that it may be the reason.
    """

    def __init__(self, code: str, message: str = "", *, is_of_the_line: bool = False, is_a_try: bool = True) -> None:
        self.code = code
        self.message = message
        self.is_of_the_line = is_of_the_line
        self.is_a_try = is_a_try
        super().__init__(f"{code}: {message}" if message else code)


class Refused(PostError):
    """It will not be taken, however often it is sent."""


class Away(PostError):
    """It may be taken when it is sent again."""


class Unsure(Away):
    """It may have been taken: it is sent again a few times only."""


class Answer(Protocol):
    """Of a letter that was said to its end: whether it was taken is still to be heard."""

    def wait(self) -> None:
        """Wait for it, for minutes; it was taken when this returns. Errors: Refused, Away."""

    def hang_up(self) -> None:
        """Let whoever waits for it wait no longer. Called by another thread."""


class Post(Protocol):
    """A way to send letters. It may keep a line open from one to the next, and is used by one thread."""

    def send(self, letter: Letter) -> Answer | None:
        """Hand over a letter. None: it was taken; else its answer takes long, and is waited for apart. Errors: Refused, Away."""

    def close(self) -> None:
        """Hang up."""
