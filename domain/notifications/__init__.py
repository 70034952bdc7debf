"""Notifications: what is said to people about their bookings, to whom, when, and what became of it."""
