-- The monitor's own tables. Times are ISO 8601 in UTC; `written_by` is the unit of work that wrote the row.

-- One row a process that opened the store: unit ids begin with its number.
CREATE TABLE region (
    number  INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    process TEXT NOT NULL
);

CREATE TABLE terminal (
    id           TEXT PRIMARY KEY,
    epoch        INTEGER NOT NULL,          -- raised at each attach
    user         TEXT NOT NULL,
    conversation INTEGER,                   -- the latest one, open or ended
    written_by   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE conversation (
    id         INTEGER PRIMARY KEY,         -- the unit of its first step
    terminal   TEXT NOT NULL,
    state      TEXT NOT NULL,               -- open, ended
    seed       INTEGER NOT NULL,            -- of the tasks' random numbers
    written_by INTEGER NOT NULL             -- the unit of its last step, and so the key of that step
);

-- The history. The last step of a conversation is its state: nothing else is kept anywhere.
CREATE TABLE step (
    unit         INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    number       INTEGER NOT NULL,          -- 1, 2, ... within the conversation
    previous     INTEGER NOT NULL,          -- unit of the step before; 0: none. History is read along this
    terminal     TEXT NOT NULL,
    sequence     INTEGER NOT NULL,          -- of the input, per terminal
    user         TEXT NOT NULL,
    transid      TEXT NOT NULL,             -- that ran; empty: the monitor itself answered
    input        TEXT NOT NULL,             -- JSON; non-display fields masked
    outcome      TEXT NOT NULL,             -- converse, finish, abend, notice, blank
    code         TEXT NOT NULL,             -- abend code, or empty
    next         TEXT NOT NULL,             -- transaction of the next input, or empty
    area_type    TEXT NOT NULL,
    area_version INTEGER NOT NULL,
    area         TEXT NOT NULL,             -- JSON
    screen       TEXT NOT NULL,             -- JSON: layout ids and the values of their fields
    started      TEXT NOT NULL,
    elapsed_us   INTEGER NOT NULL,          -- from the state read to the sealed unit
    runs         INTEGER NOT NULL           -- times the program ran for this step (conflicts re-run it)
);

-- The fields of every screen that was ever sent, under an id made from their content.
CREATE TABLE layout (
    id         INTEGER PRIMARY KEY,
    fields     TEXT NOT NULL,
    written_by INTEGER NOT NULL
);

CREATE TABLE dump (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    unit         INTEGER NOT NULL,
    terminal     TEXT NOT NULL,
    user         TEXT NOT NULL,
    conversation INTEGER NOT NULL,
    transid      TEXT NOT NULL,
    code         TEXT NOT NULL,
    message      TEXT NOT NULL,
    detail       TEXT NOT NULL,             -- where in the program, as a traceback
    input        TEXT NOT NULL,
    area_type    TEXT NOT NULL,
    area         TEXT NOT NULL,
    at           TEXT NOT NULL
);

-- All a step needs to know of its terminal, under one key.
CREATE VIEW terminal_state AS
SELECT t.id, t.epoch, t.user, t.conversation, c.state, c.seed, c.written_by AS step,
       s.number, s.sequence, s.outcome, s.next, s.area_type, s.area_version, s.area, s.screen,
       t.written_by
FROM terminal t
LEFT JOIN conversation c ON c.id = t.conversation
LEFT JOIN step s ON s.unit = c.written_by;
