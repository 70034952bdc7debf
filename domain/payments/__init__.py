"""Payments: money asked for, money that came, money given back; and what providers were heard to say of it."""
