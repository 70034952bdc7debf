"""Claims: what occupies a resource. Busy time is read from here (and from time off) and nowhere else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from domain.kernel.tables import Base, Serial

FINITE = (
    "NOT isempty(footprint) AND lower_inc(footprint) AND NOT upper_inc(footprint)"
    " AND NOT upper_inf(footprint) AND isfinite(lower(footprint)) AND isfinite(upper(footprint))"
)


class Claim(Base):
    """One booking's place on one of its resources, from its footprint's start to its end (buffers included).

    `exclusive` when the service takes one party at a time; then the database itself refuses any overlap. Seats above
    the capacity, or two services at once on a resource, are refused by triggers (see the migration that made them).
    A claim is live until `released_at`; one whose hold has lapsed (`expires_at`) occupies nothing any more, and is
    released by whoever comes next.
    """

    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint(FINITE, "footprint"),
        CheckConstraint("starts_at < ends_at AND footprint @> tstzrange(starts_at, ends_at)", "core"),
        CheckConstraint("seats >= 1", "seats"),
        ExcludeConstraint(
            (text("uuidrange(resource_id, resource_id, '[]')"), "&&"),
            ("footprint", "&&"),
            name="ex_claims_exclusive",
            using="gist",
            where=text("exclusive AND released_at IS NULL"),
        ),
        Index(
            "ix_claims_live",
            text("uuidrange(resource_id, resource_id, '[]')"),
            "footprint",
            postgresql_using="gist",
            postgresql_where="released_at IS NULL",
        ),
        Index("ix_claims_service_id", "service_id", "starts_at", postgresql_where="released_at IS NULL"),
        Index("ix_claims_booking_id", "booking_id"),
    )

    id: Mapped[Serial]
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("bookings.id"))
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resources.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    footprint: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    seats: Mapped[int] = mapped_column(Integer)
    exclusive: Mapped[bool]
    expires_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
