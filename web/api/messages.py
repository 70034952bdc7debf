"""What a business chooses about its messages: how it writes, when it reminds, its own words."""

from flask import Response

from config.clock import clock
from config.transaction import Session, reading, retried, transaction
from domain.catalog import service as catalog
from domain.catalog.tables import Business
from domain.notifications import service as notifications
from web.answers import Answer, shown
from web.auth import caller
from web.describing import IDEMPOTENCY_KEY, IF_MATCH
from web.idempotency import write
from web.openapi import noun, operation
from web.schemas.businesses import BusinessPath
from web.schemas.messages import (
    MessageSettingsChanges,
    MessageSettingsView,
    PreviewRequest,
    PreviewView,
    ReminderRulesRequest,
    ReminderRulesView,
    TemplateList,
    TemplatePath,
    TemplateRequest,
    TemplateView,
)
from web.versions import expected_versions

messages = noun("messages", "How a business writes to its customers and its staff, and when.", place="businesses")

ADMINS = ("members_only", "admins_only", "archived")


@operation(messages.get, "/<slug>/message-settings", success={200: MessageSettingsView}, problems=("members_only",))
def get_message_settings(path: BusinessPath) -> Response:
    """Show how a business writes. For its members."""
    with reading() as session:
        row = notifications.message_settings(session, _business(session, path).id, caller=caller())
    return shown(MessageSettingsView.of(row)).response()


@operation(
    messages.patch,
    "/<slug>/message-settings",
    success={200: MessageSettingsView},
    problems=(*ADMINS, "stale_version", "unknown_locale"),
    takes=(IDEMPOTENCY_KEY, IF_MATCH),
)
def change_message_settings(path: BusinessPath, body: MessageSettingsChanges) -> Response:
    """Change how a business writes, and what its staff are told. For its owners and admins."""

    def work(session: Session) -> Answer:
        row = notifications.change_message_settings(
            session,
            _business(session, path).id,
            body.given(),
            caller=caller(),
            now=clock(),
            versions=expected_versions(),
        )
        return shown(MessageSettingsView.of(row))

    return write(work)


@operation(messages.get, "/<slug>/reminder-rules", success={200: ReminderRulesView}, problems=("members_only",))
def get_reminder_rules(path: BusinessPath) -> Response:
    """Show when a business reminds: a day and an hour before, unless it said otherwise. For its members."""
    with reading() as session:
        found = notifications.reminding(session, _business(session, path).id, caller=caller())
    return shown(ReminderRulesView.of(found)).response()


@operation(
    messages.put,
    "/<slug>/reminder-rules",
    success={200: ReminderRulesView},
    problems=(*ADMINS, "not_found", "stale_version"),
    takes=(IF_MATCH,),
)
def replace_reminder_rules(path: BusinessPath, body: ReminderRulesRequest) -> Response:
    """Replace when a business reminds, as a whole. For its owners and admins. New rules hold for the bookings that there are, too."""

    def work(session: Session) -> Answer:
        found = notifications.replace_reminders(
            session,
            _business(session, path).id,
            body.command(),
            caller=caller(),
            now=clock(),
            versions=expected_versions(),
        )
        return shown(ReminderRulesView.of(found))

    return retried(work).response()


@operation(messages.get, "/<slug>/message-templates", success={200: TemplateList}, problems=("members_only",))
def list_message_templates(path: BusinessPath) -> Response:
    """List the words that a business uses, its own and ours, and the names that they may say. For its members."""
    with reading() as session:
        rows = notifications.templates(session, _business(session, path).id, caller=caller())
    return shown(TemplateList.of([TemplateView.of(each) for each in rows])).response()


@operation(
    messages.get,
    "/<slug>/message-templates/<kind>/<language>",
    success={200: TemplateView},
    problems=("members_only", "not_found", "unknown_template"),
)
def get_message_template(path: TemplatePath) -> Response:
    """Show the words of one message. For the business's members."""
    with reading() as session:
        business_id = _business(session, path).id
        found = notifications.template(session, business_id, path.kind, path.language, caller=caller())
    return shown(TemplateView.of(found)).response()


@operation(
    messages.put,
    "/<slug>/message-templates/<kind>/<language>",
    success={200: TemplateView},
    problems=(*ADMINS, "not_found", "unknown_template", "stale_version", "template_faulty"),
    takes=(IF_MATCH,),
)
def replace_message_template(path: TemplatePath, body: TemplateRequest) -> Response:
    """Let a business say a message in its own words. For its owners and admins.

    A template that could not be filled when a message is sent is refused, with its place.
    """

    def work(session: Session) -> Answer:
        business_id = _business(session, path).id
        found = notifications.replace_template(
            session,
            business_id,
            path.kind,
            path.language,
            body.wording(),
            caller=caller(),
            now=clock(),
            versions=expected_versions(),
        )
        return shown(TemplateView.of(found))

    return retried(work).response()


@operation(
    messages.delete,
    "/<slug>/message-templates/<kind>/<language>",
    success={204: None},
    problems=(*ADMINS, "not_found", "unknown_template", "no_own_template", "stale_version"),
    takes=(IF_MATCH,),
)
def remove_message_template(path: TemplatePath) -> Response:
    """Let a business use our words again. For its owners and admins."""
    with transaction() as session:
        business_id = _business(session, path).id
        notifications.remove_template(
            session, business_id, path.kind, path.language, caller=caller(), now=clock(), versions=expected_versions()
        )
    return Response(status=204)


@operation(
    messages.post,
    "/<slug>/message-templates/preview",
    success={200: PreviewView},
    problems=("members_only", "unknown_locale", "template_faulty"),
)
def preview_message(path: BusinessPath, body: PreviewRequest) -> Response:
    """Show a message with made-up facts, in the words that are sent or in those that are used. For members."""
    with reading() as session:
        words = body.template.wording() if body.template else None
        told = notifications.preview(
            session, _business(session, path), body.kind, body.locale, words, caller=caller(), now=clock()
        )
    return shown(PreviewView.of(told)).response()


def _business(session: Session, path: BusinessPath) -> Business:
    return catalog.business_of(session, path.slug, member_of=caller().roles)
