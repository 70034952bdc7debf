"""SQL about who belongs to a business."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.accounts.rules import Joined, Membership, Role
from domain.accounts.tables import Member, User


def members(session: Session, business_id: UUID, *, after: Joined | None, limit: int) -> Sequence[Membership]:
    """Return members of a business in the order in which they joined, those after *after*."""
    place = tuple_(Member.created_at, Member.user_id)
    page = _memberships(business_id).order_by(Member.created_at, Member.user_id).limit(limit)
    return [Membership(**row._mapping) for row in session.execute(page if after is None else page.where(place > after))]  # noqa: SLF001 - as in users


def member(session: Session, business_id: UUID, user_id: UUID) -> Membership | None:
    """Return one member of a business."""
    row = session.execute(_memberships(business_id).where(Member.user_id == user_id)).one_or_none()
    return Membership(**row._mapping) if row else None  # noqa: SLF001 - as in users


def roles_of(session: Session, user_id: UUID) -> Mapping[UUID, Role]:
    """Return the businesses that a user belongs to, in order of their ids, with the role in each."""
    mine = select(Member.business_id, Member.role).where(Member.user_id == user_id).order_by(Member.business_id)
    return {business_id: Role(role) for business_id, role in session.execute(mine)}


def members_for_update(session: Session, business_id: UUID) -> Mapping[UUID, Role]:
    """Lock everybody in a business, in order of their ids, so that roles change one after another; return the roles."""
    rows = session.execute(
        select(Member.user_id, Member.role)
        .where(Member.business_id == business_id)
        .order_by(Member.user_id)
        .with_for_update(key_share=True)
    )
    return {user_id: Role(role) for user_id, role in rows}


def add_member(
    session: Session, business_id: UUID, user_id: UUID, role: Role, *, has_agreed: bool, version: int
) -> UUID | None:
    """Insert a member, at the version that they begin with, or return None when the user is one already."""
    return session.scalar(
        insert(Member)
        .values(business_id=business_id, user_id=user_id, role=role.value, has_agreed=has_agreed, version=version)
        .on_conflict_do_nothing()
        .returning(Member.user_id)
    )


def has_agreed(session: Session, business_id: UUID, user_id: UUID) -> bool:
    """Tell whether a user has agreed to be a member of a business; False for who is none, too."""
    mine = (Member.business_id == business_id, Member.user_id == user_id)
    return bool(session.scalar(select(Member.has_agreed).where(*mine)))


def agree(session: Session, business_id: UUID, user_id: UUID) -> bool:
    """Note that a member has agreed to be one; False: they had before, or are none."""
    mine = (Member.business_id == business_id, Member.user_id == user_id, ~Member.has_agreed)
    agreed = update(Member).where(*mine).values(has_agreed=True).returning(Member.user_id)
    return session.scalar(agreed.execution_options(synchronize_session=False)) is not None


def change_role(session: Session, business_id: UUID, user_id: UUID, role: Role) -> None:
    """Give a member another role, and with it the next version."""
    session.execute(
        update(Member)
        .where(Member.business_id == business_id, Member.user_id == user_id)
        .values(role=role.value, version=Member.version + 1)
        .execution_options(synchronize_session=False)
    )


def remove_member(session: Session, business_id: UUID, user_id: UUID) -> None:
    """Delete a member."""
    session.execute(delete(Member).where(Member.business_id == business_id, Member.user_id == user_id))


def _memberships(business_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Member.business_id,
            Member.user_id,
            User.email,
            User.name,
            Member.role,
            Member.created_at,
            Member.updated_at,
            Member.version,
        )
        .join(User, User.id == Member.user_id)
        .where(Member.business_id == business_id)
    )
