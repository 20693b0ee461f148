"""The rules of the transfer, as plain functions: every competitor but the monitor's own program calls these.

The maps, the presenter and the checks are the bank's; what is left to a competitor is where the conversation
is kept, how the rows are read and written, and when the answer may be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from comparison.workload import WrongAnswer
from monitor.ending import masked_input
from monitor.exchange import Aid, Inbound, Received, Send
from screens.presenter import Presenter
from transactions.bank.maps import XFER01
from transactions.bank.records import Account
from transactions.bank.transfer import Transfer, effects, fault_in, wanted
from transactions.money import minor_units, money

PRESENTER = Presenter()
Accounts = Mapping[str, Account]

ACCOUNTS = "SELECT number, owner, balance FROM account WHERE number IN (?, ?)"
REBALANCE = "UPDATE account SET balance = ?, written_by = ? WHERE number = ?"
LEDGER = (
    "INSERT INTO ledger (source, target, amount, reference, posted_at, terminal) VALUES (?, ?, ?, ?, ?, ?)"
)


class Reading(NamedTuple):
    """An input, matched with the screen it answers."""

    inbound: Inbound
    received: Received
    form: XFER01
    screen: str

    @property
    def numbers(self) -> tuple[str, str]:
        """The accounts to look up."""
        return self.form.source, self.form.target


class Answer(NamedTuple):
    """What a step comes to: the area after it, the screen, and the money moved."""

    area: Transfer
    screen: str
    moved: Moved | None = None


class Moved(NamedTuple):
    """A posted transfer: both new balances by account number, and the row of the ledger."""

    balances: tuple[tuple[str, int], tuple[str, int]]
    ledger: tuple[str, str, int, str, str, str]


def empty_form(terminal: str) -> str:
    """The screen a conversation begins with."""
    return PRESENTER.compose(PRESENTER.blank(), Received(Aid.ENTER), _page(terminal, None, ""))


def read(screen: str, inbound: Inbound) -> Reading:
    """Match an input with the screen it answers."""
    received = PRESENTER.receive(screen, inbound)
    return Reading(inbound, received, XFER01.receive(received), screen)


def answer(reading: Reading, area: Transfer, accounts: Accounts, now: datetime) -> Answer:
    """Check on Enter, post on PF5; raises `WrongAnswer` for what this workload never types."""
    inbound, form = reading.inbound, reading.form
    source, target = accounts.get(form.source), accounts.get(form.target)
    if fault_in(form, source, target) or source is None or target is None:
        raise WrongAnswer(f"{inbound.terminal}: refused")
    amount = minor_units(form.amount or Decimal(0))
    if inbound.aid is Aid.ENTER:
        say = "Press F5 to post, or F12 to change it"
        send = _page(inbound.terminal, form, say, **effects(source, target, amount))
        return Answer(wanted(form), PRESENTER.compose(reading.screen, reading.received, send))
    if inbound.aid is not Aid.PF5 or form.errors or wanted(form) != area:
        raise WrongAnswer(f"{inbound.terminal}: changed since it was checked")
    moved = Moved(
        ((source.number, source.balance - amount), (target.number, target.balance + amount)),
        (
            source.number,
            target.number,
            amount,
            form.reference,
            now.isoformat(timespec="seconds"),
            inbound.terminal,
        ),
    )
    send = _page(inbound.terminal, None, f"{money(amount):,} posted from {source.number} to {target.number}")
    return Answer(Transfer(), PRESENTER.compose(reading.screen, reading.received, send), moved)


def found(rows: list[Any]) -> dict[str, Account]:
    """Rows of `ACCOUNTS` as records."""
    return {row[0]: Account(*row) for row in rows}


def encoded(area: Transfer) -> str:
    """The area as it is stored."""
    return msgspec.json.encode(area).decode()


def decoded(area: str) -> Transfer:
    """A stored area."""
    return msgspec.json.decode(area, type=Transfer)


def history_input(reading: Reading) -> str:
    """The input as the history keeps it."""
    return masked_input(reading.inbound, reading.received)


def _page(terminal: str, form: XFER01 | None, say: str, **values: Any) -> Send:
    return XFER01.show(form, user="GUEST", terminal=terminal, message=say, **values)
