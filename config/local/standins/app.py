"""The application: both APIs, the controls and the customer's pages, behind the wire that can fail."""

from flask import Flask

from config.local.standins.control import control
from config.local.standins.pages.views import pages
from config.local.standins.paystack import api as paystack
from config.local.standins.stripe import api as stripe
from config.local.standins.wire import Wire
from config.local.standins.world import World


def application(world: World) -> Wire:
    """Return the WSGI application over *world*."""
    app = Flask("config.local.standins.pages")
    for blueprint in (stripe.api(world), paystack.api(world), control(world), pages(world)):
        app.register_blueprint(blueprint)
    return Wire(app, world)
