"""Schedules: the opening hours of a business, and of a resource that has its own."""

from collections.abc import Callable

from flask import Response, request

from config.clock import clock
from config.transaction import Session, reading, retried
from domain.availability.service import stranded
from domain.catalog import service as catalog
from domain.catalog.service import Place, Replaced
from domain.kernel.errors import StaleVersion
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IF_MATCH, IF_NONE_MATCH
from web.openapi import noun, operation
from web.problems import Refusal
from web.schemas.businesses import BusinessPath
from web.schemas.resources import ResourcePath
from web.schemas.schedules import ScheduleChangeView, ScheduleRequest, ScheduleView
from web.versions import is_silent, required_versions, versions_or_none_yet

schedules = noun(
    "schedules", "When a business is open: weekly hours, and dates on which others hold.", place="businesses"
)
own_schedules = noun("resource-schedules", "When a resource serves that has hours of its own.", place="resources")

REFUSALS = ("members_only", "archived", "stale_version", "precondition_required")


@operation(schedules.get, "/<slug>/schedule", success={200: ScheduleView})
def get_schedule(path: BusinessPath) -> Response:
    """Show the opening hours of a business, which are those of its resources that have none of their own."""
    return _show(lambda session: catalog.of_business(session, path.slug, member_of=caller().roles))


@operation(
    schedules.put,
    "/<slug>/schedule",
    success={200: ScheduleChangeView},
    problems=("admins_only", "unknown_timezone", *REFUSALS),
    takes=(IF_MATCH,),
)
def replace_schedule(path: BusinessPath, body: ScheduleRequest) -> Response:
    """Replace the opening hours of a business as a whole. For its owners and admins; `If-Match` is required.

    Bookings stay as they are, also those that are outside of the new hours.
    """
    return _replace(lambda session: catalog.of_business(session, path.slug, member_of=caller().roles), body)


@operation(own_schedules.get, "/<resource_id>/schedule", success={200: ScheduleView})
def get_resource_schedule(path: ResourcePath) -> Response:
    """Show the opening hours of a resource.

    If it has none of its own these are the business's, with `inherited` and without an `ETag`.
    """
    return _show(lambda session: catalog.of_resource(session, path.resource_id, member_of=caller().roles))


@operation(
    own_schedules.put,
    "/<resource_id>/schedule",
    success={200: ScheduleChangeView, 201: ScheduleChangeView},
    problems=("admins_only", "own_resources_only", "unknown_timezone", *REFUSALS),
    takes=(IF_MATCH, IF_NONE_MATCH),
)
def replace_resource_schedule(path: ResourcePath, body: ScheduleRequest) -> Response:
    """Give a resource opening hours of its own, or replace them as a whole; the latter requires `If-Match`.

    For owners and admins of the business, and for staff whose own the resource is. Bookings stay as they are.
    """
    return _replace(lambda session: catalog.of_resource(session, path.resource_id, member_of=caller().roles), body)


@operation(
    own_schedules.delete,
    "/<resource_id>/schedule",
    success={200: ScheduleChangeView},
    problems=("admins_only", "own_resources_only", *REFUSALS),
    takes=(IF_MATCH,),
)
def remove_resource_schedule(path: ResourcePath) -> Response:
    """Take a resource's own opening hours away: it keeps the business's again, which are shown. Requires `If-Match`."""

    def work(session: Session) -> Answer:
        now = clock()
        place = catalog.of_resource(session, path.resource_id, member_of=caller().roles)
        catalog.remove_schedule(session, place, caller=caller(), now=now, versions=required_versions())
        count = stranded.outside_hours(session, place.business, place.resource_id, now=now)
        view = ScheduleChangeView.after(catalog.schedule_of(session, place), place, count)
        return Answer(status=200, body=view.dump())

    return retried(work).response()


def _show(find: Callable[[Session], Place]) -> Response:
    with reading() as session:
        place = find(session)
        view = ScheduleView.of(catalog.schedule_of(session, place), place)
    return (Answer(status=200, body=view.dump()) if view.inherited else shown(view)).response()


def _replace(find: Callable[[Session], Place], body: ScheduleRequest) -> Response:
    def work(session: Session) -> Answer:
        now = clock()
        place = find(session)
        done = _replaced(session, place, body)
        count = stranded.outside_hours(session, place.business, place.resource_id, now=now)
        view = ScheduleChangeView.after(done.schedule, place, count)
        return shown(view, status=201, headers={"Location": request.path}) if done.is_new else shown(view)

    return retried(work).response()


def _replaced(session: Session, place: Place, body: ScheduleRequest) -> Replaced:
    versions = versions_or_none_yet()
    try:
        return catalog.replace_schedule(session, place, body.command(), caller=caller(), now=clock(), versions=versions)
    except StaleVersion:
        if is_silent():
            raise Refusal("precondition_required") from None
        raise
