-- Orders that were posted, with their lines. Money is in minor units.

CREATE TABLE sales_order (
    number     INTEGER PRIMARY KEY,
    customer   TEXT NOT NULL,
    total      INTEGER NOT NULL CHECK (total >= 0),
    posted_at  TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    written_by INTEGER NOT NULL
);

CREATE INDEX sales_order_customer ON sales_order (customer);

CREATE TABLE sales_order_line (
    number     INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    item       TEXT NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    price      INTEGER NOT NULL,
    written_by INTEGER NOT NULL,
    PRIMARY KEY (number, line)
) WITHOUT ROWID;

CREATE INDEX sales_order_line_item ON sales_order_line (item);

-- The last number that was given out.
CREATE TABLE numbering (
    series     TEXT PRIMARY KEY,
    last       INTEGER NOT NULL,
    written_by INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO numbering (series, last, written_by) VALUES ('sales_order', 100000, 1);
