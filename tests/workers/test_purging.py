"""What has outlived its use is deleted in turns: a sort that is slow, or of which there is much, holds up none."""

from collections.abc import Callable
from datetime import datetime

import pytest

from config.transaction import Session, StatementTooSlow
from workers import maintenance


def test_each_sort_has_its_turn_and_a_slow_one_holds_up_none(monkeypatch: pytest.MonkeyPatch) -> None:
    did: list[str] = []

    def sort(name: str, batches: int) -> Callable[..., bool]:
        def purged(_session: Session, *, now: datetime) -> bool:
            assert now
            did.append(name)
            return did.count(name) < batches

        return purged

    def slow(_session: Session, *, now: datetime) -> bool:
        assert now
        did.append("slow")
        raise StatementTooSlow

    monkeypatch.setattr(maintenance, "PURGES", (sort("much", 3), slow, sort("little", 1)))
    maintenance.purge()
    assert did == ["much", "slow", "little", "much", "much"]
