"""Settings: typed, frozen, from the environment under the names people expect."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from config.spelling import MailServer, Network, Networks, Origins, Secret, each_of, networks, secrets_of
from config.strength import HOW_TO_MAKE_ONE, weakness

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.0/8,::1/128"
OURS = ("secret_key", "jwt_secret_key", "metrics_token")
"""The secrets that are made for this installation, and nowhere else."""


class Settings(BaseSettings):
    """What differs from one installation to the next."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    environment: Literal["development", "test", "production"] = Field(
        default="production", description="In production there is no demo, whose password everybody knows"
    )
    database_url: str = Field(description="PostgreSQL 14 or later: postgresql://user:password@host:port/name")
    redis_url: str = Field(description="Redis 6 or later, the Celery broker: redis://host:port/0")
    secret_key: Secret = Field(
        description="Signs the cursors of lists, the quotes of cancellations and the links in mails, and seals the keys of provider accounts and the secrets of webhooks"
    )
    previous_secret_keys: tuple[Secret, ...] = Field(
        default=(),
        description="SECRET_KEYs of before, newest first: what they sealed can be read still, and what they signed is good",
    )
    jwt_secret_key: Secret = Field(description="Signs access tokens")
    jwt_previous_secret_keys: tuple[Secret, ...] = Field(
        default=(), description="Keys of access tokens that are still accepted, newest first"
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Where callers reach this server; the links in mails begin with it, and its host names our events in calendars",
    )
    data_dir: Path = Field(
        default=ROOT / ".data", description="Where script/server keeps data, logs and secrets, and beat its schedule"
    )
    web_threads: int = Field(default=32, ge=2, description="Threads of a web process; at most half of them may wait")
    stop_seconds: int = Field(
        default=25,
        ge=1,
        description="Seconds that a process which is told to end, by SIGTERM, gives what it is at; what a worker has not "
        "finished then is given back, for another worker to do at once",
    )
    db_pool_size: int = Field(
        default=10, ge=1, description="Database connections that a process keeps; it may open as many again"
    )
    max_holds: int = Field(
        default=3,
        ge=1,
        description="Bookings of one caller in one business that may await approval or payment; its members' are not counted",
    )
    stripe_secret_key: SecretStr | None = Field(
        default=None, description="Stripe's secret key, `sk_live_…` or `sk_test_…`; without it nobody can pay by Stripe"
    )
    stripe_publishable_key: str | None = Field(
        default=None, description="Stripe's publishable key, `pk_…`, which customers' browsers are given"
    )
    stripe_webhook_secret: SecretStr | None = Field(
        default=None,
        description="Stripe's webhook signing secret, `whsec_…`; several with commas while it is rotated, any of which is good. "
        "In production needed where there is STRIPE_SECRET_KEY",
    )
    stripe_api_base: str = Field(default="https://api.stripe.com", description="Where Stripe's API is")
    paystack_secret_key: SecretStr | None = Field(
        default=None,
        description="Paystack's secret key, `sk_…`; several with commas while it is rotated: the first is used, any is good "
        "for a webhook's signature. Without it nobody can pay by Paystack",
    )
    paystack_public_key: str | None = Field(
        default=None, description="Paystack's public key, `pk_…`, which customers' browsers are given"
    )
    paystack_api_base: str = Field(default="https://api.paystack.co", description="Where Paystack's API is")
    smtp_url: MailServer | None = Field(
        default=None,
        description="The mail server: `smtp://user:password@host:587` (STARTTLS is demanded; `?starttls=never` for a relay on "
        "this machine) or `smtps://…:465`. Without it mail lands in a local mailbox, and in production waits",
    )
    mail_from: str = Field(
        default="bookings@localhost", pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="The address that mail is sent from"
    )
    free_daily_stranger_mails: int = Field(
        default=1000,
        ge=1,
        description="Messages that may be sent on an account on the free plan within a day to people who have not "
        "proven their address; further ones wait, three days at most (`too_many_strangers`)",
    )
    new_daily_stranger_mails: int = Field(
        default=50, ge=1, description="The same in the [first week](notifications.md#who-may-write-to-strangers)"
    )
    audit_retention_days: int = Field(
        default=400,
        ge=30,
        description="For how many days the [audit log](audit.md) is kept; what is told of bookings stays as long as they do",
    )
    webhook_networks: Networks = Field(
        default="",
        description="Networks besides the public internet that webhooks may be sent to, with commas, as `10.0.0.0/8`; "
        "this machine's own in development",
    )
    ratelimit_enabled: bool = Field(default=True, description="Whether [limits](limits.md) hold")
    ratelimit_free: int = Field(
        default=100, ge=1, description="Requests a minute for each key of an account on the free plan"
    )
    ratelimit_paid: int = Field(default=1000, ge=1, description="The same on the paid plan")
    ratelimit_guest: int = Field(default=100, ge=1, description="Requests a minute by the manage link of one booking")
    ratelimit_auth: int = Field(
        default=60,
        ge=1,
        description="Requests a minute from one address to sign in, to register, or with a link or a key that could be guessed; "
        "and, apart from those, with tokens that are not good",
    )
    ratelimit_public: int = Field(
        default=600, ge=1, description="Requests a minute from one address for what needs no token"
    )
    trusted_proxies: Networks = Field(
        default="",
        description="Networks of the proxies in front, with commas, as `10.0.0.0/8`: what these say in `X-Forwarded-For` is "
        "believed. Without it every caller behind a proxy has the proxy's address, and its limits",
    )
    cors_origins: Origins = Field(
        default="",
        description="Origins whose pages' scripts may [call the API](conventions.md#from-a-browser), with commas, as "
        "`https://app.example.com`; `*` for all of them. Without it none may",
    )
    metrics_token: Secret | None = Field(
        default=None,
        description="Who shows this token as the bearer may read /metrics; without it nobody in production",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least grave that is logged, as JSON lines on standard error"
    )

    @property
    def sqlalchemy_url(self) -> str:
        """Return DATABASE_URL with the driver named, whichever of its usual spellings was given."""
        _, separator, rest = self.database_url.partition("://")
        return f"postgresql+psycopg{separator}{rest}"

    @property
    def psycopg_url(self) -> str:
        """Return DATABASE_URL as libpq reads it."""
        _, separator, rest = self.database_url.partition("://")
        return f"postgresql{separator}{rest}"

    @property
    def stripe_webhook_secrets(self) -> tuple[SecretStr, ...]:
        """Return each of STRIPE_WEBHOOK_SECRET."""
        return secrets_of(self.stripe_webhook_secret)

    @property
    def paystack_secret_keys(self) -> tuple[SecretStr, ...]:
        """Return each of PAYSTACK_SECRET_KEY: the first is used, and all verify."""
        return secrets_of(self.paystack_secret_key)

    @property
    def is_production(self) -> bool:
        """Whether others rely on it."""
        return self.environment == "production"

    @property
    def webhook_networks_allowed(self) -> tuple[Network, ...]:
        """Return each of WEBHOOK_NETWORKS, and outside of production those of this machine."""
        own = "" if self.is_production else LOOPBACK
        return networks(f"{self.webhook_networks},{own}")

    @property
    def cors_origins_allowed(self) -> tuple[str, ...]:
        """Return each of CORS_ORIGINS."""
        return each_of(self.cors_origins)

    @property
    def proxies_trusted(self) -> tuple[Network, ...]:
        """Return each of TRUSTED_PROXIES."""
        return networks(self.trusted_proxies)

    @field_validator(*OURS)
    @classmethod
    def _strong(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # Of a field that is wrong, or comes later, nothing is in `data`.
        if secret is None or info.data.get("environment") != "production":
            return secret
        same = next((name for name in OURS if name != info.field_name and info.data.get(name) == secret), None)
        fault = f"must be another than {same.upper()}" if same else weakness(secret.get_secret_value())
        if fault:
            raise ValueError(fault)
        return secret

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.database_url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("DATABASE_URL must begin with postgresql://")
        if self.is_production and self.stripe_secret_key and not self.stripe_webhook_secrets:
            raise ValueError("STRIPE_WEBHOOK_SECRET must be set where STRIPE_SECRET_KEY is")
        return self


@cache
def settings() -> Settings:
    """Return the process's settings, read once. Ends the process with a sentence for each that is missing or wrong."""
    try:
        return Settings()
    except SettingsError as error:
        raise SystemExit(f"AionBooking cannot start with this environment: {error}.") from None
    except ValidationError as error:
        raise SystemExit(_complaint(error)) from None


def _complaint(error: ValidationError) -> str:
    faults = [(".".join(map(str, each["loc"])), each["msg"].removeprefix("Value error, ")) for each in error.errors()]
    told = "; ".join(f"{name.upper() or 'settings'}: {message}" for name, message in faults)
    advice = f" {HOW_TO_MAKE_ONE}" if any(name in OURS for name, _ in faults) else ""
    return f"AionBooking cannot start with this environment. {told}.{advice}"
