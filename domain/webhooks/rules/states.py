"""Where an endpoint and a delivery stand, and what can go wrong with a try."""

from enum import StrEnum


class EndpointState(StrEnum):
    """Whether anything is sent there; what is deleted is kept as long as there are deliveries of it."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


class Reason(StrEnum):
    """Why an endpoint was disabled."""

    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """Nothing but failures for days."""
    ASKED = "asked"
    """One of its business's admins has asked for it."""


class DeliveryState(StrEnum):
    """Where a delivery stands: it is over when it is delivered or dead."""

    DUE = "due"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"


OVER = frozenset({DeliveryState.DELIVERED, DeliveryState.DEAD})


class Failure(StrEnum):
    """Why a try was no success."""

    STATUS = "status"
    """It was answered with another status than 2xx; redirects are not followed."""
    ADDRESS = "no_public_address"
    """There is no such name, or it leads inside: which of them, whoever made the endpoint is not to learn."""
    CONNECTION = "connection_failed"
    TLS = "tls_failed"
    TIMEOUT = "timeout"
    ANSWER = "no_http_answer"
    SECRET = "secret_unreadable"  # noqa: S105 - a code, and no secret
    INTERRUPTED = "interrupted"
    """Whoever was sending it fell silent: it may have arrived."""
    ENDPOINT = "endpoint_disabled"
    """Nothing more was tried."""
