-- The bank's tables, and its thousand accounts: the same ones in every store. Money is in minor units.

CREATE TABLE account (
    number     TEXT PRIMARY KEY,
    owner      TEXT NOT NULL,
    balance    INTEGER NOT NULL CHECK (balance >= 0),
    written_by INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX account_owner ON account (owner);

-- Every transfer that was posted, once.
CREATE TABLE ledger (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    target    TEXT NOT NULL,
    amount    INTEGER NOT NULL CHECK (amount > 0),
    reference TEXT NOT NULL,
    posted_at TEXT NOT NULL,
    terminal  TEXT NOT NULL
);

CREATE INDEX ledger_source ON ledger (source);
CREATE INDEX ledger_target ON ledger (target);

-- What was booked before this bank had a ledger; the opening balances contain it.
CREATE TABLE booking (
    account TEXT NOT NULL,
    place   INTEGER NOT NULL,
    day     TEXT NOT NULL,
    entry   TEXT NOT NULL,
    amount  INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) WITHOUT ROWID;

INSERT INTO account (number, owner, balance, written_by) VALUES
    ('10020011', 'A N OTHER', 120433, 1),
    ('20030022', 'B EXAMPLE LTD', 8812000, 1);

INSERT INTO account (number, owner, balance, written_by)
WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 998)
SELECT
    CAST(30000000 + (n * 104729) % 60000000 AS TEXT),
    char(65 + (n * 7) % 26) || ' ' || char(65 + (n * 11) % 23) || ' ' ||
    CASE n % 16
        WHEN 0 THEN 'ARCHER' WHEN 1 THEN 'BAKER' WHEN 2 THEN 'CARTER' WHEN 3 THEN 'DYER'
        WHEN 4 THEN 'FISHER' WHEN 5 THEN 'GARDNER' WHEN 6 THEN 'HUNTER' WHEN 7 THEN 'MASON'
        WHEN 8 THEN 'MILLER' WHEN 9 THEN 'PORTER' WHEN 10 THEN 'SADLER' WHEN 11 THEN 'SHEPHERD'
        WHEN 12 THEN 'SMITH' WHEN 13 THEN 'TAYLOR' WHEN 14 THEN 'WEAVER' ELSE 'WRIGHT'
    END || CASE WHEN n % 9 = 0 THEN ' LTD' ELSE '' END,
    1000 + (n * 7919 * 131) % 9000000,
    1
FROM count;

-- Three hundred lines for the two accounts of the examples, six for each of the others.
INSERT INTO booking (account, place, day, entry, amount)
WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 300)
SELECT
    number,
    n,
    date('2024-12-31', '-' || (300 - n) || ' days'),
    CASE n % 5
        WHEN 0 THEN 'Salary' WHEN 1 THEN 'Groceries' WHEN 2 THEN 'Rent' WHEN 3 THEN 'Electricity'
        ELSE 'Cash'
    END,
    CASE WHEN n % 5 = 0 THEN 14800 ELSE -1 * (1500 + (n * 7919) % 4000) END
FROM count
JOIN account ON number IN ('10020011', '20030022') OR n > 294;
