"""No way to send mail: in production, without a mail server."""

from domain.notifications.gateway import Away
from domain.notifications.rules.letters import Letter


class Nowhere:
    """Lets every letter wait for the server that there should be."""

    def send(self, letter: Letter) -> None:
        """Refuse for now. Errors: Away."""
        raise Away(
            "no_mail_server",
            f"SMTP_URL is not set, so nobody takes {letter.message_id}",
            is_of_the_line=True,
            is_a_try=False,
        )

    def close(self) -> None:
        """Do nothing."""
