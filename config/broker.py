"""The broker's wire, mended in two places where the libraries leave a worker deaf after Redis was away."""

from celery.app.amqp import AMQP
from kombu.connection import Connection as Plain
from kombu.transport import TRANSPORT_ALIASES, redis

LONGEST_DELAY = 5  # seconds between two attempts to reconnect; the libraries' own grows to 30


class QoS(redis.QoS):
    """Counts what a worker may hold."""

    def ack(self, delivery_tag: str) -> None:
        """Give the place back even when Redis does not hear of it.

        kombu would keep the place taken and go on. Once each place is, the worker asks for nothing more, so it never
        finds out that its connection is dead. The message comes again after the visibility timeout, which is harmless.
        """
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        finally:
            self._quick_ack(delivery_tag)


class Channel(redis.Channel):
    """A channel with our count."""

    QoS = QoS


class Transport(redis.Transport):
    """Redis, with our channels."""

    Channel = Channel


class Connection(Plain):
    """A connection whose attempts to come back do not grow rare while Redis is away."""

    def ensure_connection(self, *args: object, **kwargs: object) -> "Connection":
        """Connect, trying again as told by kombu's arguments, but at least every LONGEST_DELAY seconds."""
        super().ensure_connection(*args, **{"interval_max": LONGEST_DELAY, **kwargs})  # type: ignore[no-untyped-call]
        return self


class Amqp(AMQP):  # type: ignore[misc]
    """Celery's side of the wire, with our connections."""

    Connection = Connection


def mend() -> None:
    """Let redis:// and rediss:// mean our transport, with whatever else their schemes stand for."""
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), f"{__name__}:{Transport.__name__}"))
