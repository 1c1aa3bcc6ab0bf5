-- Instants are whole milliseconds since the epoch. Configurations and payloads are JSON.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Words that are stored as numbers: regions and reasons of results.
CREATE TABLE words (
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (kind, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX words_by_word ON words (kind, word);

-- AUTOINCREMENT: the id of a deleted monitor is never given to another one, whose history its late results would join.
CREATE TABLE monitors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL,
    config BLOB NOT NULL,
    generation INTEGER NOT NULL,
    managed_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    archived_at INTEGER
);
CREATE UNIQUE INDEX monitors_by_slug ON monitors (slug) WHERE archived_at IS NULL;
CREATE INDEX monitors_archived ON monitors (slug, archived_at) WHERE archived_at IS NOT NULL;

CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    config BLOB NOT NULL,
    managed_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

CREATE TABLE keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes BLOB NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    expires_at INTEGER
);

-- The log of the results that are not packed yet: one row a batch. No foreign key, so that a deleted monitor fails no batch.
CREATE TABLE tail (id INTEGER PRIMARY KEY, records BLOB NOT NULL, notes BLOB);

-- One row for each hour, monitor and region. The id is hour << 43 | monitor << 12 | region: rows are written in the
-- order of the key, an hour is one stretch of pages, and there is no second index. `upto` is the last tail row in it.
CREATE TABLE blobs (id INTEGER PRIMARY KEY, upto INTEGER NOT NULL, packed BLOB NOT NULL);

-- Figures of each hour and each day; the id is made likewise, of the hour or the day since the epoch.
CREATE TABLE hours (
    id INTEGER PRIMARY KEY,
    checks INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    latency_us INTEGER NOT NULL,
    histogram BLOB NOT NULL,
    spark BLOB NOT NULL
);
CREATE TABLE days (
    id INTEGER PRIMARY KEY,
    checks INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    latency_us INTEGER NOT NULL,
    histogram BLOB NOT NULL
);

-- Deleted monitors of whose history there is more to delete: in which table, from which hour or day on.
CREATE TABLE purges (
    monitor_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (monitor_id, source)
) WITHOUT ROWID;

-- The last packed results of each monitor and region, for streaks after a restart.
CREATE TABLE carry (id INTEGER PRIMARY KEY, records BLOB NOT NULL, notes BLOB);

-- Region '' is what is believed of the whole monitor.
CREATE TABLE spans (
    monitor_id INTEGER NOT NULL,
    region TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (monitor_id, region, from_at)
) WITHOUT ROWID;
CREATE INDEX spans_by_end ON spans (to_at);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    from_at INTEGER NOT NULL,
    to_at INTEGER,
    reason TEXT NOT NULL
);
CREATE INDEX gaps_by_end ON gaps (to_at);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL,
    severity TEXT NOT NULL,
    title TEXT NOT NULL,
    cause TEXT NOT NULL,
    message TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    detected_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    resolved_at INTEGER,
    resolved_by TEXT,
    snoozed_until INTEGER,
    next_reminder_at INTEGER,
    regions BLOB NOT NULL
);
CREATE INDEX incidents_active ON incidents (id) WHERE status <> 'resolved';
CREATE INDEX incidents_by_resolution ON incidents (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE TABLE incident_monitors (
    incident_id INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    monitor_id INTEGER NOT NULL,
    PRIMARY KEY (incident_id, monitor_id)
) WITHOUT ROWID;
CREATE INDEX incident_monitors_by_monitor ON incident_monitors (monitor_id, incident_id);
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT,
    detail BLOB NOT NULL
);
CREATE INDEX events_by_incident ON events (incident_id, id);
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    region TEXT NOT NULL,
    at INTEGER NOT NULL,
    finding INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    seen BLOB
);
CREATE INDEX evidence_by_incident ON evidence (incident_id, id);
CREATE INDEX evidence_by_time ON evidence (at);

CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel_id INTEGER NOT NULL,
    incident_id INTEGER REFERENCES incidents (id) ON DELETE CASCADE,
    monitor_id INTEGER,
    event TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL,
    payload BLOB NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    finished_at INTEGER,
    boot TEXT
);
-- What is not finished, in the order in which it falls due, and in the order in which a channel tells an incident.
CREATE INDEX notifications_due ON notifications (next_attempt_at, id) WHERE status IN ('pending', 'failed');
CREATE INDEX notifications_lane ON notifications (channel_id, incident_id, thread, id)
    WHERE status IN ('pending', 'failed');
CREATE INDEX notifications_by_incident ON notifications (incident_id, id);
CREATE INDEX notifications_by_channel ON notifications (channel_id, id);
CREATE INDEX notifications_by_end ON notifications (finished_at) WHERE finished_at IS NOT NULL;
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    ok INTEGER NOT NULL,
    answer TEXT NOT NULL,
    duration_ms REAL NOT NULL
);
CREATE INDEX deliveries_by_notification ON deliveries (notification_id, id);
