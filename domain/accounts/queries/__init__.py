"""Every SQL statement of the accounts room: who is asking, users, sessions, API keys, members."""

from domain.accounts.queries.keys import account_for_update, active_keys, delete_keys, end_graces, key, keys, note_use
from domain.accounts.queries.members import (
    add_member,
    change_role,
    member,
    members,
    members_for_update,
    remove_member,
)
from domain.accounts.queries.principals import principal
from domain.accounts.queries.sessions import (
    delete_sign_ins,
    live_sessions,
    lost_answer,
    session_for_update,
    sessions_for_update,
    sign_in_for_update,
    spend,
    spend_siblings,
)
from domain.accounts.queries.users import (
    add_user,
    change_plan,
    credentials,
    credentials_of,
    listed_users,
    mark_operator,
    profile,
    user_for_update,
    user_named,
)

__all__ = [
    "account_for_update",
    "active_keys",
    "add_member",
    "add_user",
    "change_plan",
    "change_role",
    "credentials",
    "credentials_of",
    "delete_keys",
    "delete_sign_ins",
    "end_graces",
    "key",
    "keys",
    "listed_users",
    "live_sessions",
    "lost_answer",
    "mark_operator",
    "member",
    "members",
    "members_for_update",
    "note_use",
    "principal",
    "profile",
    "remove_member",
    "session_for_update",
    "sessions_for_update",
    "sign_in_for_update",
    "spend",
    "spend_siblings",
    "user_for_update",
    "user_named",
]
