"""Rows of the accounts room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.addresses import FOLDED
from domain.kernel.tables import Base, Dated, Ulid, Versioned


class Account(Dated, Base):
    """What a registered user gets: the plan, the API keys, the businesses it owns."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("plan IN ('free', 'paid')", "plan"),)

    id: Mapped[Ulid]
    plan: Mapped[str] = mapped_column(server_default="free", default="free")


class User(Versioned, Base):
    """A person who signs in. The address is kept as given and unique whatever its case."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_email", text(FOLDED.format("email")), unique=True),)

    id: Mapped[Ulid]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    is_operator: Mapped[bool] = mapped_column(server_default="false", default=False)


class SignIn(Base):
    """A session: a sign-in that lasts as its refresh tokens rotate. Ending it ends its access tokens at once."""

    __tablename__ = "sessions"

    id: Mapped[Ulid]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    user_agent: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class RefreshToken(Base):
    """One link of a session's chain of refresh tokens. Only the token's hash is kept."""

    __tablename__ = "refresh_tokens"

    id: Mapped[Ulid]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("refresh_tokens.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiKey(Base):
    """A key that acts as the user who made it, until it expires or is revoked. Only its secret's hash is kept.

    `bucket_id` is the id of the first key of its line: whoever rotates a key keeps the requests counted against it.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("ix_api_keys_account_id", "account_id", "id"),
        Index("ix_api_keys_bucket_id", "bucket_id"),
    )

    id: Mapped[Ulid]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    bucket_id: Mapped[UUID]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Member(Versioned, Base):
    """A user's role in a business; its owner is a member too. Of one who was added by others *has_agreed* is false."""

    __tablename__ = "members"
    __table_args__ = (CheckConstraint("role IN ('owner', 'admin', 'staff')", "role"),)

    business_id: Mapped[UUID] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    has_agreed: Mapped[bool] = mapped_column(server_default="false", default=False)


class AccountToken(Base):
    """Leave, sent to an address, to do one thing once: prove the address, choose another password, join a business.

    The ticket that stands for it is not kept: it is signed anew from the id while its mail is sent. `locale` is how
    whoever asked for it speaks, where they said so; an invitation speaks as its business does. A reset names an address
    only, and is written for whatever address is asked for, so that asking does the same for all of them.
    """

    __tablename__ = "account_tokens"
    __table_args__ = (
        CheckConstraint("purpose IN ('verify_email', 'reset_password', 'invitation')", "purpose"),
        CheckConstraint("(purpose = 'verify_email') = (user_id IS NOT NULL)", "user"),
        CheckConstraint(
            "(purpose = 'invitation') = (business_id IS NOT NULL)"
            " AND (business_id IS NULL) = (role IS NULL) AND (business_id IS NULL) = (invited_by IS NULL)",
            "invitation",
        ),
        CheckConstraint("role IN ('owner', 'admin', 'staff')", "role"),
        CheckConstraint("used_at IS NULL OR revoked_at IS NULL", "ends_once"),
        CheckConstraint("created_at < expires_at", "times"),
        Index("ix_account_tokens_email", text(FOLDED.format("email")), "purpose", "created_at"),
        Index("ix_account_tokens_business_id", "business_id", "id", postgresql_where="business_id IS NOT NULL"),
        Index("ix_account_tokens_expires_at", "expires_at"),
    )

    id: Mapped[Ulid]
    purpose: Mapped[str]
    email: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    business_id: Mapped[UUID | None] = mapped_column(ForeignKey("businesses.id", ondelete="CASCADE"))
    role: Mapped[str | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    locale: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
