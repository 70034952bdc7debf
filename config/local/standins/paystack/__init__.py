"""A stand-in for Paystack: transactions, refunds and disputes."""
