-- The tickets of a help desk: forty of them, the same ones in every store.

CREATE TABLE ticket (
    number     INTEGER PRIMARY KEY,
    priority   TEXT NOT NULL CHECK (priority IN ('HIGH', 'MEDIUM', 'LOW')),
    status     TEXT NOT NULL CHECK (status IN ('OPEN', 'TAKEN', 'SOLVED')),
    agent      TEXT NOT NULL,                -- terminal that took it; empty while it is open
    opened     TEXT NOT NULL,
    customer   TEXT NOT NULL,
    summary    TEXT NOT NULL,
    notes      TEXT NOT NULL,                -- lines
    written_by INTEGER NOT NULL
);

INSERT INTO ticket (number, priority, status, agent, opened, customer, summary, notes, written_by)
WITH RECURSIVE count (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < 39)
SELECT
    1001 + n,
    CASE n % 4 WHEN 0 THEN 'HIGH' WHEN 3 THEN 'LOW' ELSE 'MEDIUM' END,
    'OPEN',
    '',
    datetime('2025-12-01 08:00', (n * 397) || ' minutes'),
    CASE n % 8
        WHEN 0 THEN 'ARCHER LTD' WHEN 1 THEN 'BAKER AND SON' WHEN 2 THEN 'CARTER' WHEN 3 THEN 'DYER'
        WHEN 4 THEN 'FISHER' WHEN 5 THEN 'GARDNER LTD' WHEN 6 THEN 'HUNTER' ELSE 'MASON'
    END,
    CASE n % 10
        WHEN 0 THEN 'Printer prints blank pages' WHEN 1 THEN 'Screen stays dark after sign-on'
        WHEN 2 THEN 'Forgot the password again' WHEN 3 THEN 'Keyboard types the wrong letters'
        WHEN 4 THEN 'Report is a day late' WHEN 5 THEN 'Order was billed twice'
        WHEN 6 THEN 'New colleague needs a terminal' WHEN 7 THEN 'Label printer is out of paper'
        WHEN 8 THEN 'Cannot reach the archive' ELSE 'Clock is five minutes fast'
    END,
    '',
    1
FROM count;
