"""The face of accounts: who is asking; sign up, in and out; API keys; who belongs to a business."""

from domain.accounts.service.keys import Minted, create_key, key_of, keys_purged, list_keys, revoke_key, rotate_key
from domain.accounts.service.members import (
    add_member,
    change_member,
    enrol,
    list_members,
    member_of,
    remove_member,
)
from domain.accounts.service.principals import exchange, note_use, principal
from domain.accounts.service.sessions import (
    credentials,
    end_session,
    login,
    logout,
    logout_all,
    purged,
    refresh,
    register,
    sessions,
)
from domain.accounts.service.users import (
    change_password,
    change_plan,
    dismiss_operator,
    list_users,
    make_operator,
    own_credentials,
    profile,
    rename,
)

__all__ = [
    "Minted",
    "add_member",
    "change_member",
    "change_password",
    "change_plan",
    "create_key",
    "credentials",
    "dismiss_operator",
    "end_session",
    "enrol",
    "exchange",
    "key_of",
    "keys_purged",
    "list_keys",
    "list_members",
    "list_users",
    "login",
    "logout",
    "logout_all",
    "make_operator",
    "member_of",
    "note_use",
    "own_credentials",
    "principal",
    "profile",
    "purged",
    "refresh",
    "register",
    "remove_member",
    "rename",
    "revoke_key",
    "rotate_key",
    "sessions",
]
