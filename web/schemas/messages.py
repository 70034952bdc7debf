"""Shapes of what a business chooses about its messages: how it writes, when it reminds, its own words."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.notifications.rules.framing import Said
from domain.notifications.rules.notices import Channel, Notice
from domain.notifications.rules.reminding import LONGEST, ReminderRule, ReminderRules
from domain.notifications.rules.saying import VARIABLES
from domain.notifications.rules.speech import KINDS, LANGUAGES, Wording
from domain.notifications.service import Reminding, Worded
from domain.notifications.tables import MessageSettings
from web.answers import View
from web.fields import Email, Name, ServiceId
from web.parsing import Changes, Schema, unsent
from web.schemas.businesses import BusinessPath

RULES: JsonDict = {
    "rules": [{"notice": "reminder", "minutes": 1440}, {"notice": "reminder", "minutes": 60}],
    "services": [{"service_id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6", "rules": [{"notice": "follow_up", "minutes": 120}]}],
}
WORDS: JsonDict = {
    "subject": "See you on {{ date }}",
    "text": "Hello {{ customer }},\n\n{{ details }}\n{% if note %}\n{{ note }}\n{% endif %}",
    "html": "<h1>See you, {{ customer }}</h1>\n{{ details }}",
}
Locale = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$", examples=["en-GB", "ar-EG"])]
StaffNotice = Annotated[Notice, Field(strict=False)]
Source = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Subject = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\r\n]*$")]


class MessageSettingsChanges(Changes):
    """What is to be changed about how a business writes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"locale": "ar-EG", "staff_notices": ["cancelled"]}]})

    locale: Annotated[Locale, Field(description="How dates and money are written, and in which language")] = unsent()
    sender_name: Annotated[Name | None, Field(description="In place of the business's name")] = None
    reply_to: Annotated[Email | None, Field(description="Where answers go")] = None
    staff_notices: Annotated[
        list[StaffNotice], Field(max_length=len(Notice), description="What staff are told of, too")
    ] = unsent()
    staff_addresses: Annotated[list[Email], Field(max_length=10, description="Who is told")] = unsent()
    tells_who_serves: Annotated[
        bool, Field(description="Whether the users who are the booking's resources are told as well")
    ] = unsent()


class MessageSettingsView(View):
    """How a business writes."""

    object: Literal["message_settings"] = "message_settings"
    locale: str
    sender_name: str | None
    reply_to: str | None
    staff_notices: list[Notice]
    staff_addresses: list[str]
    tells_who_serves: bool
    version: int

    @classmethod
    def of(cls, row: MessageSettings) -> "MessageSettingsView":
        """Show a row."""
        return cls.model_validate(row, from_attributes=True)


class ReminderRuleShape(Schema):
    """When a message is sent by itself."""

    notice: Annotated[Literal["reminder", "follow_up"], Field(description="Before the start, or after the end")]
    minutes: Annotated[int, Field(ge=1, le=LONGEST, description="How long before or after")]
    channel: Annotated[Literal["email"], Field(description="How it travels")] = "email"

    def rule(self) -> ReminderRule:
        """Return this as it is kept."""
        return ReminderRule(notice=Notice(self.notice), minutes=self.minutes, channel=Channel(self.channel))

    @classmethod
    def of(cls, rule: ReminderRule) -> "ReminderRuleShape":
        """Show a rule."""
        return cls.model_validate(rule.packed())


Rules = Annotated[list[ReminderRuleShape], Field(max_length=10)]


class ServiceRulesShape(Schema):
    """The rules of one service, in place of the business's; none means that it is not reminded of."""

    service_id: ServiceId
    rules: Rules


class ReminderRulesRequest(Schema):
    """When a business reminds, as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [RULES]})

    rules: Rules
    services: Annotated[list[ServiceRulesShape], Field(max_length=200)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _each_once(self) -> "ReminderRulesRequest":
        lists = [self.rules, *(each.rules for each in self.services)]
        services = [each.service_id for each in self.services]
        is_once = all(len({(each.notice, each.minutes) for each in rules}) == len(rules) for rules in lists)
        if not is_once or len(set(services)) < len(services):
            raise PydanticCustomError("invalid", "Each rule, and each service, should be there once")
        return self

    def command(self) -> ReminderRules:
        """Return this as it is kept."""
        return ReminderRules(
            rules=[each.rule() for each in self.rules],
            services={each.service_id: [rule.rule() for rule in each.rules] for each in self.services},
        )


class ReminderRulesView(View):
    """When a business reminds."""

    object: Literal["reminder_rules"] = "reminder_rules"
    rules: list[ReminderRuleShape]
    services: list[ServiceRulesShape]
    version: int

    @classmethod
    def of(cls, found: Reminding) -> "ReminderRulesView":
        """Show rules."""
        services = [
            ServiceRulesShape(service_id=key, rules=[ReminderRuleShape.of(each) for each in rules])
            for key, rules in found.rules.services.items()
        ]
        own = [ReminderRuleShape.of(each) for each in found.rules.rules]
        return cls(rules=own, services=services, version=found.version)


class TemplatePath(BusinessPath):
    """Which template of which business."""

    kind: Annotated[str, Field(max_length=40, description=f"One of: {', '.join(KINDS)}")]
    language: Annotated[str, Field(max_length=40, description=f"One of: {', '.join(LANGUAGES)}")]


class TemplateRequest(Schema):
    """A business's own words. Of HTML it is what stands inside of the frame that all messages have."""

    model_config = ConfigDict(json_schema_extra={"examples": [WORDS]})

    subject: Subject
    text: Source
    html: Source

    def wording(self) -> Wording:
        """Return the words."""
        return Wording(subject=self.subject, text=self.text, html=self.html)


class TemplateView(View):
    """The words of a message in a language."""

    object: Literal["message_template"] = "message_template"
    kind: str
    language: str
    is_own: Annotated[bool, Field(description="Whether these are the business's own words, or ours")]
    subject: str
    text: str
    html: str
    version: Annotated[int, Field(description="Of the business's own words; 0 while ours are used")]

    @classmethod
    def of(cls, found: Worded) -> "TemplateView":
        """Show a template."""
        words = found.wording
        return cls(
            kind=found.kind,
            language=found.language,
            is_own=found.version > 0,
            version=found.version,
            subject=words.subject,
            text=words.text,
            html=words.html,
        )


class TemplateList(View):
    """The words that a business uses, and the names that they may say."""

    object: Literal["list"] = "list"
    data: Annotated[list[TemplateView], Field(description="All of them: there are as many as kinds and languages")]
    variables: Annotated[dict[str, str], Field(description="What each name in a template stands for")]

    @classmethod
    def of(cls, found: list[TemplateView]) -> "TemplateList":
        """Show templates."""
        return cls(data=found, variables=dict(VARIABLES))


class PreviewRequest(Schema):
    """What is to be shown, in which words."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "confirmed", "locale": "ar-EG"}]})

    kind: Annotated[Literal[KINDS], Field(description="The message")]  # type: ignore[valid-type]
    locale: Locale
    template: Annotated[TemplateRequest | None, Field(description="Left out: the words that are used")] = None


class PreviewView(View):
    """A message with made-up facts."""

    object: Literal["preview"] = "preview"
    subject: str
    text: str
    html: Annotated[str, Field(description="The whole page, as a mail program gets it")]

    @classmethod
    def of(cls, told: Said) -> "PreviewView":
        """Show a message."""
        given: dict[str, Any] = told._asdict()
        return cls(**given)
