"""The web application: put together here, and only here.

`flask --app web.app …` calls `create_app`, and so does `web/serving.py`, for granian.
"""

from config.logging import configure
from config.publisher import Publisher
from config.transaction import after_commit
from web import auth, cors, failures, limits, security, tracing, unchanged
from web.api.api_keys import api_keys
from web.api.audit import audit_entries
from web.api.availability import availability
from web.api.books import payments
from web.api.businesses import businesses
from web.api.calendar_feeds import calendar_feeds
from web.api.events import events
from web.api.invitations import invitations
from web.api.manage_links import auth as auth_noun
from web.api.members import members
from web.api.messages import messages
from web.api.notifications import notifications
from web.api.provider_accounts import provider_accounts
from web.api.reminding import bookings
from web.api.resources import resources
from web.api.schedules import own_schedules, schedules
from web.api.services import services
from web.api.system import system
from web.api.time_off import time_off
from web.api.webhook_deliveries import webhook_deliveries
from web.api.webhook_endpoints import webhook_endpoints
from web.commands import register_commands
from web.openapi import Api
from web.pages.docs import docs
from web.pages.feeds import feeds
from web.pages.health import health
from web.pages.links import links
from web.pages.mailbox import letters
from web.pages.manual import manual
from web.pages.metrics import metrics
from web.pages.problems import problems
from web.pages.reference import calls
from web.pages.unsubscribing import unsubscribing
from web.pages.webhooks import webhooks

NOUNS = (
    *(auth_noun, api_keys, businesses, members, invitations, schedules, services, resources, own_schedules, time_off),
    *(availability, bookings, payments, provider_accounts, calendar_feeds, messages, notifications),
    *(events, webhook_endpoints, webhook_deliveries, audit_entries, system),
)
PAGES = (docs, manual, calls, problems, feeds, health, links, metrics, webhooks, unsubscribing, letters)


def create_app(publisher: Publisher | None = None) -> Api:
    """Return the application. Ends the process when a setting is missing."""
    configure()
    after_commit(publisher or Publisher())
    app = Api()
    app.url_map.merge_slashes = False  # an address has one spelling
    tracing.register(app)
    security.register(app)
    cors.register(app)
    failures.register(app)
    unchanged.register(app)
    limits.register(app)
    auth.register(app)
    for blueprint in NOUNS:
        app.register_api(blueprint)
    for page in PAGES:
        app.register_blueprint(page)
    register_commands(app)
    return app
