"""Webhooks that we send: endpoints of businesses, what is sent there, and each try of it."""
