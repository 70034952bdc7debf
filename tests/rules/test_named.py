"""Those who are named: whom that leaves for each role, and whom a booking that moves asks for again (rule 10)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import pytest

from domain.availability.rules.decide import inherited, narrowed


class Somebody(NamedTuple):
    """Who could fill a role."""

    id: UUID


Roles = Mapping[str, Sequence[int]]
SALON: Roles = {"stylist": (1, 2, 3), "chair": (4, 5)}
ALONE: Roles = {"stylist": (1, 2, 3)}


def able(roles: Roles) -> list[tuple[str, tuple[Somebody, ...]]]:
    return [(role, tuple(Somebody(UUID(int=each)) for each in numbers)) for role, numbers in roles.items()]


def ids(*numbers: int) -> list[UUID]:
    return [UUID(int=each) for each in numbers]


@pytest.mark.parametrize(
    ("roles", "named", "left"),
    [
        (SALON, (), [(1, 2, 3), (4, 5)]),
        (SALON, (2,), [(2,), (4, 5)]),
        (SALON, (5,), [(1, 2, 3), (5,)]),
        (SALON, (5, 3, 1), [(1, 3), (5,)]),
        (SALON, (3, 3, 3), [(3,), (4, 5)]),
        (SALON, (9,), [(), ()]),
        (SALON, (9, 5), [(), ()]),
        (ALONE, (3, 1), [(1, 3)]),
        (ALONE, (9, 1), [(1,)]),
        (ALONE, (9,), [()]),
    ],
)
def test_a_name_narrows_its_own_role_and_one_that_is_gone_is_not_stood_in_for(
    roles: Roles, named: Sequence[int], left: Sequence[Sequence[int]]
) -> None:
    found = narrowed(able(roles), ids(*named))

    assert [tuple(each.id.int for each in filling) for _, filling in found] == left
    assert [role for role, _ in found] == list(roles)


@pytest.mark.parametrize(
    ("roles", "named", "before", "asked"),
    [
        (SALON, (), {}, ()),
        (SALON, (), {1: "stylist", 4: "chair"}, (1, 4)),
        (SALON, (2,), {1: "stylist", 4: "chair"}, (2, 4)),
        (SALON, (5,), {1: "stylist", 2: None, 4: "chair"}, (5, 1, 2)),
        (SALON, (5, 2), {1: "stylist", 4: "chair"}, (5, 2)),
        (SALON, (), {9: "stylist", 4: "chair"}, (4, 9)),
        (SALON, (5,), {9: "stylist"}, (5, 9)),
        (SALON, (2,), {9: "stylist"}, (2,)),
        (SALON, (), {9: "stylist", 1: None}, (1,)),
        (SALON, (), {9: None, 1: "stylist"}, (1,)),
        (SALON, (), {9: None, 8: "stylist"}, (8,)),
        (SALON, (), {9: "lamp"}, ()),
        (SALON, (), {4: "stylist"}, (4,)),
        (ALONE, (), {9: "stylist", 1: None}, (1,)),
        (ALONE, (3,), {1: "stylist"}, (3,)),
        (ALONE, (), {9: "stylist"}, (9,)),
    ],
)
def test_who_was_asked_for_is_asked_for_again_unless_somebody_else_stands_for_the_role(
    roles: Roles, named: Sequence[int], before: Mapping[int, str | None], asked: Sequence[int]
) -> None:
    kept = {UUID(int=number): role for number, role in before.items()}

    assert inherited(able(roles), ids(*named), kept) == tuple(ids(*asked))
