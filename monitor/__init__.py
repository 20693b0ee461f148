"""Entracte's engine: what an application imports. It knows neither screens nor transactions."""

from monitor.area import Area, NoArea, upgrade
from monitor.errors import Abend, DuplicateRecord, MonitorError, RecordNotFound
from monitor.exchange import Aid, Inbound, Outbound, Send
from monitor.outcome import Converse, Finish, Outcome, Park, Resume, TransferTo
from monitor.program import Program, transaction
from monitor.records import Query, Record, changed, file, ledger
from monitor.task import Task

__all__ = [
    "Abend",
    "Aid",
    "Area",
    "Converse",
    "DuplicateRecord",
    "Finish",
    "Inbound",
    "MonitorError",
    "NoArea",
    "Outbound",
    "Outcome",
    "Park",
    "Program",
    "Query",
    "Record",
    "RecordNotFound",
    "Resume",
    "Send",
    "Task",
    "TransferTo",
    "changed",
    "file",
    "ledger",
    "transaction",
    "upgrade",
]
