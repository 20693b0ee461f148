-- The stock of a hardware store: 800 items, the same ones in every store. Money is in minor units.

CREATE TABLE item (
    number     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    price      INTEGER NOT NULL CHECK (price >= 0),
    stock      INTEGER NOT NULL CHECK (stock >= 0),
    written_by INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX item_name ON item (name);

-- Forty kinds in twenty sizes, numbered 20010, 20020, ... 28000.
INSERT INTO item (number, name, price, stock, written_by)
WITH RECURSIVE
    kind (place, name) AS (
        VALUES
            (0, 'ANCHOR BOLT'), (1, 'ANGLE BRACKET'), (2, 'BARREL BOLT'), (3, 'BRUSH'), (4, 'BUTT HINGE'),
            (5, 'CABLE CLIP'), (6, 'CASTOR'), (7, 'CHAIN LINK'), (8, 'CHISEL'), (9, 'CLAMP'),
            (10, 'COACH SCREW'), (11, 'COTTER PIN'), (12, 'DOWEL'), (13, 'DRILL BIT'), (14, 'EYE BOLT'),
            (15, 'FILE'), (16, 'GROMMET'), (17, 'HEX BOLT'), (18, 'HEX KEY'), (19, 'HEX NUT'),
            (20, 'HOOK'), (21, 'HOSE CLIP'), (22, 'LATCH'), (23, 'LOCK NUT'), (24, 'MASONRY NAIL'),
            (25, 'PADLOCK'), (26, 'PANEL PIN'), (27, 'PIPE CLAMP'), (28, 'PULLEY'), (29, 'RIVET'),
            (30, 'ROPE'), (31, 'SCREW EYE'), (32, 'SHACKLE'), (33, 'SPANNER'), (34, 'STAPLE'),
            (35, 'TURNBUCKLE'), (36, 'WALL PLUG'), (37, 'WASHER'), (38, 'WING NUT'), (39, 'WOOD SCREW')
    ),
    size (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM size WHERE step < 19)
SELECT
    CAST(20010 + 10 * (place * 20 + step) AS TEXT),
    name || printf(' %02d MM', 4 + 2 * step),
    15 + (place * 7919 + step * 271) % 1900,
    (place * 37 + step * 53 + 40) % 240,
    1
FROM kind CROSS JOIN size;
