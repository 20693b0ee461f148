-- Conversations put aside: what they wait for and what they show, until they are resumed on their terminal.
CREATE TABLE parked (
    unit         INTEGER PRIMARY KEY,         -- the unit of work that parked it
    terminal     TEXT NOT NULL,
    user         TEXT NOT NULL,
    transid      TEXT NOT NULL,               -- that parked it
    title        TEXT NOT NULL,
    parked_at    TEXT NOT NULL,
    next         TEXT NOT NULL,               -- transaction of its next input
    area_type    TEXT NOT NULL,
    area_version INTEGER NOT NULL,
    area         TEXT NOT NULL,               -- JSON
    screen       TEXT NOT NULL,               -- JSON
    written_by   INTEGER NOT NULL
);

CREATE INDEX parked_terminal ON parked (terminal);
