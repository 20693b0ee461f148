"""The bank: a thousand accounts, inquiry, transfer and statement."""

from transactions.bank.inquiry import inquiry
from transactions.bank.records import Account, LedgerEntry
from transactions.bank.statement import statement
from transactions.bank.transfer import transfer

__all__ = ["Account", "LedgerEntry", "inquiry", "statement", "transfer"]
