"""Who calls: accounts, users, their sessions and their membership of businesses."""
