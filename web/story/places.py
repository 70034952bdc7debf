"""The salon: its one service, its one chair, and when it is open."""

from collections.abc import Mapping

from web.story.marks import BISI, CHAIR, CHANGED, CLOSED, POLICY, PRICE, SEAT, SLOT_TAKEN, Told

SALON: Told = {"slug": "adas-salon", "name": "Ada's Salon", "city": "Lagos", "country": "NG"}
HAIRCUT: Told = {
    "name": "Haircut",
    "requirements": [],
    "duration_minutes": 30,
    "slot_interval_minutes": 30,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "min_notice_minutes": 60,
    "max_advance_days": 60,
    "capacity": 1,
    "price": PRICE,
    "requires_approval": False,
    "payment_required": True,
    "hold_minutes": 15,
    "approval_hours": 24,
    "cancellation_policy": POLICY,
}
STOOL: Told = {"name": "Chair 1", "kind": "chair", "priority": 0, "is_default": False, "user_id": BISI}
HOURS: Told = {
    "inherited": False,
    "weekly": [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)],
    "overrides": [{"date": "2026-12-24", "intervals": []}],
}
AWAY: Told = {
    "resource_id": CHAIR,
    "starts_at": "2026-12-24T00:00:00+01:00",
    "ends_at": "2027-01-02T00:00:00+01:00",
    "reason": "Holidays",
}

PLACES: Mapping[str, Told] = {
    "BusinessView": SALON,
    "BusinessChangeView": SALON,
    "NewBusinessView": {**SALON, "is_mail_held_back": False},
    "ServiceView": HAIRCUT,
    "ServiceChangeView": {**HAIRCUT, "version": 2, "updated_at": CHANGED},
    "ResourceView": STOOL,
    "ResourceChangeView": STOOL,
    "ScheduleView": HOURS,
    "ScheduleChangeView": HOURS,
    "TimeOffView": AWAY,
    "TimeOffChangeView": AWAY,
    "SlotView": {"remaining": 1, "resources": [SEAT]},
    "SlotsView": {"next_from": "2026-03-17"},
    "ExplanationView": {"bookable": False, "rejection": SLOT_TAKEN},
    "RoleThen": {"role": "resource", "bookable": False},
    "ResourceThen": {"bookable": False, "remaining": 0},
    "OpenThen": {"starts_at": "2026-03-16T09:00:00+01:00", "ends_at": "2026-03-16T17:00:00+01:00"},
    "AgainstView": {**{name: SLOT_TAKEN[name] for name in ("code", "reasons", "detail")}, "time_off": []},
}
PLACES_THEN: Mapping[str, Told] = {
    "archive_business 200": {"archived_at": CLOSED, "updated_at": CLOSED, "version": 2, "stranded_bookings": 1},
    "archive_service 200": {"archived_at": CLOSED, "updated_at": CLOSED, "version": 3, "stranded_bookings": 1},
    "archive_resource 200": {"archived_at": CLOSED, "updated_at": CLOSED, "version": 2, "stranded_bookings": 1},
}
