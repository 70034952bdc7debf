"""What the webhooks room refuses; an error's docstring is the sentence that the caller reads.

Conflict
├── TooManyEndpoints
├── EndpointDisabled             nothing is sent there
├── EndpointClearing             what waited for it is not dead yet
└── DeliveryUnderway
Invalid
├── UrlRefused
└── ReplayTooLarge
"""

from domain.kernel.errors import Conflict, Invalid


class TooManyEndpoints(Conflict):
    """The business has {most} webhook endpoints, and may have no more; delete one."""

    code = "too_many_webhook_endpoints"


class EndpointDisabled(Conflict):
    """The endpoint is disabled; enable it first."""

    code = "webhook_endpoint_disabled"


class EndpointClearing(Conflict):
    """What waited for the endpoint is still being given up; enable it in a few seconds."""

    code = "webhook_endpoint_clearing"


class DeliveryUnderway(Conflict):
    """It is being sent just now; wait for what comes of it."""

    code = "delivery_underway"


class UrlRefused(Invalid):
    """Nothing can be sent to that URL: {why}."""

    code = "url_refused"
    pointer = "/url"


class ReplayTooLarge(Invalid):
    """That time has more than {most} events for the endpoint; ask for a shorter one."""

    code = "replay_too_large"
    pointer = "/until"
