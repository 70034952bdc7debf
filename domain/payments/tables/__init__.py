"""Rows of the payments room. Amounts are in the minor unit of their currency by ISO 4217."""

from domain.payments.tables.payments import Dispute, Payment, ProviderAccount, Refund
from domain.payments.tables.records import LedgerEntry, MoneyCheck, ProviderEvent, ProviderReconciliation

__all__ = [
    "Dispute",
    "LedgerEntry",
    "MoneyCheck",
    "Payment",
    "ProviderAccount",
    "ProviderEvent",
    "ProviderReconciliation",
    "Refund",
]
