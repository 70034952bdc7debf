"""Ada signs in, and asks Bisi to work with her; her till has a key of its own."""

from collections.abc import Mapping

from web.story.marks import BISI, BOOKED, OPENED, Told

SIGNED_IN: Told = {"access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl", "expires_in": 86_400}
ADA: Told = {"email": "ada@example.com", "email_verified_at": OPENED, "name": "Ada Obi", "plan": "free"}
KEY: Told = {"name": "Till at the door", "plan": "free", "last_used_at": BOOKED}
SHOWN_ONCE = "key_01k5e2v8x3q7m9n4p6r0s2t4w6_k7Yh2mX9vK4nB8sD1fG6jL3pR5tW0zC8eQ2uA6oI9yT"
FEED: Told = {"name": "My bookings"}
WEEK_AFTER = "2026-03-09T08:00:00Z"

PEOPLE: Mapping[str, Told] = {
    "UserView": ADA,
    "MeView": ADA,
    "MembershipView": {"role": "owner"},
    "AccessView": SIGNED_IN,
    "TokenView": {**SIGNED_IN, "refresh_token": "q7Yh2mX9vK4nB8sD1fG6jL3pR5tW0zC8"},
    "SessionView": {"current": True, "user_agent": "Mozilla/5.0", "expires_at": "2026-04-01T08:00:00Z"},
    "AccountLinkView": {
        "purpose": "invitation",
        "email": "bisi@example.com",
        "expires_at": WEEK_AFTER,
        "business_name": "Ada's Salon",
        "locale": "en",
        "role": "staff",
        "invited_by": "Ada Obi",
    },
    "MemberView": {"user_id": BISI, "email": "bisi@example.com", "name": "Bisi Ade", "role": "staff"},
    "InvitationView": {"email": "bisi@example.com", "role": "staff", "state": "open", "expires_at": WEEK_AFTER},
    "ApiKeyView": KEY,
    "NewApiKeyView": {**KEY, "last_used_at": None, "key": SHOWN_ONCE},
    "CalendarFeedView": FEED,
    "NewCalendarFeedView": {**FEED, "url": "https://book.example.com/feeds/k7Yh2mX9vK4nB8sD1fG6jL3p.ics"},
    "AuditEntryView": {
        "action": "service.updated",
        "actor_id": "usr_01k5e2v8x3q7m9n4p6r0s2t4w6",
        "changes": {"duration_minutes": {"from": 45, "to": 30, "is_withheld": False}},
    },
    "ThroughView": {"kind": "session", "id": "ses_01k5e2v8x3q7m9n4p6r0s2t4w6"},
    "AuditSubjectView": {"kind": "service", "id": "svc_01k5e2v8x3q7m9n4p6r0s2t4w6"},
}
