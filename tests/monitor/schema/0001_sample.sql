-- Tables of the records in `tests.monitor.records`.
CREATE TABLE account (
    number     INTEGER PRIMARY KEY,
    owner      TEXT NOT NULL,
    balance    INTEGER NOT NULL CHECK (balance >= 0),
    written_by INTEGER NOT NULL
);
CREATE INDEX account_owner ON account (owner, number);

CREATE TABLE seat (
    hall       TEXT NOT NULL,
    number     INTEGER NOT NULL,
    guest      TEXT UNIQUE,
    price      TEXT NOT NULL,
    written_by INTEGER NOT NULL,
    PRIMARY KEY (hall, number)
) WITHOUT ROWID;

CREATE TABLE ledger (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    source    INTEGER NOT NULL,
    target    INTEGER NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT NOT NULL
);

CREATE TABLE reading (
    id         TEXT PRIMARY KEY,
    degrees    REAL NOT NULL,
    written_by INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE day (
    "on"       TEXT PRIMARY KEY,
    begun      TEXT NOT NULL,
    note       TEXT NOT NULL,
    written_by INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX day_begun ON day (begun);
