"""Delivery: the way out of the house, for what is sent to people and programs that we know nothing of."""
