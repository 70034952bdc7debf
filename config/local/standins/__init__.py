"""Stand-ins for Stripe and Paystack: strict, stateful, over real HTTP on loopback, for local use and for tests.

They answer as the providers do, refuse what those refuse, sign and deliver webhooks, and can be told to fail. What
they know is kept in one file when there is one, and forgotten with the process otherwise.
"""
