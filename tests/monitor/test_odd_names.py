"""Tables and columns may be called what SQL has its own use for."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from monitor.store import ABSENT, COMMITTED, Key, Table, Unit
from monitor.store.declared import check_tables
from monitor.store.sqlite import SqliteStore
from tests.monitor.bed import InlineConnection

ORDER = Table("order", ("group", "to"), ("group", "to", "select"), alternate="select", text_key=("to",))
VALUES = Table('the "values"', ("index",), ("from", "limit"), append=True)
SCHEMA = """
CREATE TABLE "order" (
    "group" INTEGER, "to" TEXT, "select" TEXT, written_by INTEGER NOT NULL, PRIMARY KEY ("group", "to")
) WITHOUT ROWID;
CREATE TABLE "the ""values\""" ("index" INTEGER PRIMARY KEY, "from" TEXT, "limit" INTEGER);
"""


async def test_names_that_are_words_of_sql() -> None:
    """Such a table is checked, written, read, browsed, changed and deleted from; a ledger is added to."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(SCHEMA)
        check_tables(database, [ORDER, VALUES])
        connection = InlineConnection(database)
        store = SqliteStore(connection, connection, connection, (ORDER, VALUES))
        one, two = Key("order", (1, "A")), Key("order", (1, "B"))
        added = Unit(7, {one: ABSENT, two: ABSENT}, {one: (1, "A", "x", 7), two: (1, "B", "y", 7)}, [])
        assert await store.commit([added]) == [COMMITTED]
        changed = Unit(8, {one: 7, two: 7}, {one: (1, "A", "z", 8), two: None}, [('the "values"', ("f", 3))])
        assert await store.commit([changed]) == [COMMITTED]
        (kept, gone) = await store.read([one, two])
        assert kept is not None
        assert (kept.row, kept.written_by, gone) == ((1, "A", "z"), 8, None)
        found = await store.browse("order", by="select", start="a", rows_max=5, backward=False)
        assert [record.row for record in found] == [(1, "A", "z")]
        added_rows = await store.browse(VALUES.name, by="index", start=None, rows_max=5, backward=True)
        assert [record.row for record in added_rows] == [("f", 3)]
