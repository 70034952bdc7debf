"""A stand-in for Stripe: payment intents, charges, refunds, disputes, balance transactions and events."""
