"""The help desk: tickets that several agents take from one queue."""

from transactions.helpdesk.program import tickets
from transactions.helpdesk.records import Ticket

__all__ = ["Ticket", "tickets"]
