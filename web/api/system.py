"""The system: what operators of the installation look at."""

from flask import Response

from config.clock import clock
from config.transaction import transaction
from domain.payments import service as payments
from web.answers import shown
from web.auth import caller
from web.openapi import noun, operation
from web.schemas.system import InvariantsView

system = noun("system", "What operators of the installation look at.")


@operation(system.get, "/invariants", success={200: InvariantsView}, problems=("operators_only",))
def check_invariants() -> Response:
    """Check on the live data that what must hold does.

    For operators. It locks nothing, but reads every booking: ask now and then, not all the time.
    """
    with transaction() as session:
        examination = payments.examined(session, caller=caller())
    return shown(InvariantsView.of(examination, now=clock())).response()
