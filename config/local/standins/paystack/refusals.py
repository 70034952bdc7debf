"""Refusals: what Paystack says when it will not."""

from config.local.standins.rows import Json


class Refused(Exception):
    """An answer of 400 and above."""

    def __init__(self, status: int, message: str, code: str, next_step: str = "Provide all required params") -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {
            "status": False,
            "message": message,
            "meta": {"nextStep": next_step},
            "type": "validation_error",
            "code": code,
        }


def not_found(what: str, code: str) -> Refused:
    """Return the refusal of an id that is nobody's in this mode."""
    step = "Ensure that the value you're passing exists on this integration"
    return Refused(404, f"{what} not found", code, step)


def unsupported(name: str) -> Refused:
    """Return the refusal of what the real Paystack could do."""
    words = f"The stand-in for Paystack cannot do what `{name}` asks for; the real one could."
    return Refused(400, words, "standin_unsupported", "Leave it out")
