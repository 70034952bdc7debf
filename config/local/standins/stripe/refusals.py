"""Refusals: what Stripe says when it will not, in the JSON that its libraries read."""

from config.local.standins.rows import Json


class Refused(Exception):
    """An answer of 400 and above."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: Json = {"message": message, "type": kind}
        if code:
            self.error |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        if param:
            self.error["param"] = param

    @property
    def body(self) -> Json:
        """Return the document."""
        return {"error": self.error}


class Malformed(Refused):
    """The request was never executed: nothing is kept under its idempotency key."""


def unexpected_state(message: str, intent: Json) -> Refused:
    """Return the refusal of a move that a payment intent cannot make from where it is."""
    refused = Refused(400, message, code="payment_intent_unexpected_state")
    refused.error["payment_intent"] = intent
    return refused


def declined(code: str, message: str, decline_code: str, intent: Json) -> Refused:
    """Return the answer to a confirmation that the card's bank turned down."""
    refused = Refused(402, message, kind="card_error", code=code)
    refused.error |= {"decline_code": decline_code} if decline_code else {}
    refused.error |= {"charge": intent["latest_charge"], "payment_intent": intent}
    return refused


def missing(kind: str, key: str, param: str) -> Refused:
    """Return the refusal of an id that is nobody's."""
    return Refused(404, f"No such {kind}: '{key}'", code="resource_missing", param=param)


def in_the_other_mode(kind: str, key: str, param: str, mode: str) -> Refused:
    """Return the refusal of an id that exists, but not in the *mode* of the key that was used."""
    other = "test" if mode == "live" else "live"
    words = f"a similar object exists in {other} mode, but a {mode} mode key was used to make this request."
    return Refused(404, f"No such {kind}: '{key}'; {words}", code="resource_missing", param=param)
