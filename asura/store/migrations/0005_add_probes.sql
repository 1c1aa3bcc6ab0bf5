-- Probes: `hash` is the SHA-256 of the key; NULL for those that came by the shared key of the configuration.
CREATE TABLE probes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT UNIQUE,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version TEXT NOT NULL DEFAULT '',
    last_seen_at INTEGER,
    UNIQUE (region, name)
);

-- Which batches of a probe's process were taken, as ranges of their numbers: one that comes again changes nothing.
CREATE TABLE probe_batches (
    probe_id INTEGER NOT NULL,
    boot TEXT NOT NULL,
    taken BLOB NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (probe_id, boot)
) WITHOUT ROWID;

-- '' is a gap of asura itself; else one of a region, of which nothing is known meanwhile.
ALTER TABLE gaps ADD COLUMN region TEXT NOT NULL DEFAULT '';

-- Who wants to know when asura cannot see wants to know when a probe is gone.
UPDATE channels SET config = CAST(json_set(CAST(config AS TEXT), '$.events[#]', 'probe.offline', '$.events[#]', 'probe.online') AS BLOB)
WHERE EXISTS (SELECT 1 FROM json_each(CAST(channels.config AS TEXT), '$.events') WHERE value = 'self.blind');
