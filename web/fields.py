"""Fields: the types that bodies, queries and answers are made of. Each reads strictly and writes back what it reads."""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple
from unicodedata import category
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from domain.availability.rules.zones import valid_zone
from domain.kernel.actions import ACTIONS
from domain.kernel.errors import NotFound
from domain.kernel.ids import Kind, parsed, shown
from web.currencies import CURRENCIES

# They turn around what is shown after them, also outside of the field.
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MOST_DIGITS = 12
EMAIL = {"type": "string", "format": "email", "maxLength": 254, "examples": ["ada@example.com"]}
CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217", "examples": ["NGN"]}
TIMEZONE = {"type": "string", "description": "A name of the tz database", "examples": ["Africa/Lagos"]}


@dataclass(frozen=True)
class OneOf:
    """One of many names: the document lists them, a refusal says only what they are like."""

    names: frozenset[str]
    what: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read text that is one of them."""
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """List them."""
        return {"type": "string", "enum": sorted(self.names)}

    def _known(self, value: str) -> str:
        if value not in self.names:
            raise PydanticCustomError("invalid", "Input should be {what}", {"what": self.what})
        return value


@dataclass(frozen=True)
class PublicId:
    """An identifier of one kind: `bkg_…` outside, a UUID inside. What cannot be one is NotFound, like any other's."""

    kind: Kind
    what: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read text of our kind (or a row's UUID), write text."""
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(self._write)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the text."""
        return {
            "type": "string",
            "pattern": f"^{self.kind.value}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$",
            "examples": [f"{self.kind.value}_01k5e2v8x3q7m9n4p6r0s2t4w6"],
        }

    def _read(self, value: object) -> UUID:
        if isinstance(value, UUID):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError("invalid", "Input should be an id, as text")
        found = parsed(self.kind, value)
        if found is None:
            raise NotFound(what=self.what)
        return found

    def _write(self, value: UUID) -> str:
        return shown(self.kind, value)


UserId = Annotated[UUID, PublicId(Kind.USER, "user")]
BusinessId = Annotated[UUID, PublicId(Kind.BUSINESS, "business")]
ServiceId = Annotated[UUID, PublicId(Kind.SERVICE, "service")]
ResourceId = Annotated[UUID, PublicId(Kind.RESOURCE, "resource")]
ScheduleId = Annotated[UUID, PublicId(Kind.SCHEDULE, "schedule")]
SessionId = Annotated[UUID, PublicId(Kind.SESSION, "session")]
ApiKeyId = Annotated[UUID, PublicId(Kind.API_KEY, "API key")]
InvitationId = Annotated[UUID, PublicId(Kind.INVITATION, "invitation")]
CalendarFeedId = Annotated[UUID, PublicId(Kind.CALENDAR_FEED, "calendar feed")]
RescheduleId = Annotated[UUID, PublicId(Kind.RESCHEDULE, "reschedule")]
TimeOffId = Annotated[UUID, PublicId(Kind.TIME_OFF, "time off")]
BookingId = Annotated[UUID, PublicId(Kind.BOOKING, "booking")]
PaymentId = Annotated[UUID, PublicId(Kind.PAYMENT, "payment")]
RefundId = Annotated[UUID, PublicId(Kind.REFUND, "refund")]
DisputeId = Annotated[UUID, PublicId(Kind.DISPUTE, "dispute")]
LedgerEntryId = Annotated[UUID, PublicId(Kind.LEDGER_ENTRY, "ledger entry")]
ProviderAccountId = Annotated[UUID, PublicId(Kind.PROVIDER_ACCOUNT, "provider account")]
ReconciliationId = Annotated[UUID, PublicId(Kind.RECONCILIATION, "reconciliation")]
ProviderEventId = Annotated[UUID, PublicId(Kind.PROVIDER_EVENT, "webhook")]
NotificationId = Annotated[UUID, PublicId(Kind.NOTIFICATION, "notification")]
WebhookEndpointId = Annotated[UUID, PublicId(Kind.WEBHOOK_ENDPOINT, "webhook endpoint")]
WebhookDeliveryId = Annotated[UUID, PublicId(Kind.WEBHOOK_DELIVERY, "webhook delivery")]
AuditEntryId = Annotated[UUID, PublicId(Kind.AUDIT_ENTRY, "audit entry")]
EventId = Annotated[UUID, PublicId(Kind.EVENT, "event")]


class Subject(NamedTuple):
    """What an id names, whatever that is."""

    kind: Kind
    value: UUID


@dataclass(frozen=True)
class AnyId:
    """An identifier of any of some kinds. What cannot be one is NotFound, like any other's."""

    kinds: frozenset[Kind]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read text of one of our kinds, write text."""
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda found: shown(*found)),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the text."""
        prefixes = "|".join(sorted(kind.value for kind in self.kinds))
        return {
            "type": "string",
            "pattern": f"^({prefixes})_[0-7][0-9a-hjkmnp-tv-z]{{25}}$",
            "examples": ["svc_01k5e2v8x3q7m9n4p6r0s2t4w6"],
        }

    def _read(self, value: object) -> Subject:
        found = ((kind, parsed(kind, value)) for kind in self.kinds if isinstance(value, str))
        named = next((Subject(kind, each) for kind, each in found if each), None)
        if named is None:
            raise NotFound(what="subject")
        return named


SubjectId = Annotated[Subject, AnyId(frozenset(ACTIONS.values()))]


def _printable(text: str) -> str:
    if any(category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI for character in text):
        raise PydanticCustomError("invalid", "Input should be one line, without control characters")
    return text


def _prose(text: str) -> str:
    _printable(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    return text


def _email(text: str) -> str:
    """Return the address in its normal form; no name server is asked. `.test` and inner domains are allowed."""
    try:
        found = validate_email(
            text, check_deliverability=False, globally_deliverable=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise PydanticCustomError("invalid", "{reason}", {"reason": str(error)}) from None
    if "=?" in found.normalized:  # what mail takes for something else (RFC 2047)
        raise PydanticCustomError("invalid", "Input should be a plain address")
    if "." not in found.domain:
        raise PydanticCustomError("invalid", "The part after the @-sign should have a dot")
    return found.normalized


def as_registered(text: str) -> str:
    """Return an address as signing up would keep it; what is no address stays as it is, and finds nobody."""
    try:
        return _email(text.strip())
    except PydanticCustomError:
        return text


def _currency(text: str) -> str:
    if text not in CURRENCIES:
        raise PydanticCustomError("unknown_currency", "Input should be an ISO 4217 code in capitals")
    return text


def _timezone(text: str) -> str:
    if not valid_zone(text):
        raise PydanticCustomError("unknown_timezone", "Input should be a name of the tz database, such as Africa/Lagos")
    return text


def _whole(value: object) -> object:
    """Let a query's digits be an integer, and nothing that int() would also take (1_000, ' 7', ٣)."""
    if isinstance(value, str) and not (value.isascii() and value.lstrip("-").isdigit() and len(value) < MOST_DIGITS):
        raise PydanticCustomError("invalid", "Input should be a whole number")
    return value


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_printable)]
Name = Annotated[Line, Field(max_length=120)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_prose)]
Notes = Annotated[Prose, Field(max_length=2000)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 ()./-]{2,38}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", min_length=2, max_length=63)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_email), WithJsonSchema(EMAIL)
]
Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema(CURRENCY)]
Timezone = Annotated[str, AfterValidator(_timezone), WithJsonSchema(TIMEZONE)]
# Put last, after the bounds: what is bounded after it is not bounded in the document.
DIGITS = BeforeValidator(_whole)
Whole = Annotated[int, DIGITS]
