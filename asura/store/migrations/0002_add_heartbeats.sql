-- One row a heartbeat. The token is sealed; what comes in is looked up by hashes. The state is saved now and then: what came
-- after `upto`, the newest ping in it, is stepped again from the log.
CREATE TABLE heartbeats (
    monitor_id INTEGER PRIMARY KEY,
    token BLOB NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    uuid_hash BLOB NOT NULL UNIQUE,
    state BLOB NOT NULL,
    upto INTEGER NOT NULL,
    pings INTEGER NOT NULL
);

-- The log of pings, in the order in which they came; ids only grow. Each row knows the previous one of its monitor, so that there is no
-- index to write into: a list of one monitor follows that chain.
CREATE TABLE pings (
    id INTEGER PRIMARY KEY,
    monitor_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    exit_status INTEGER,
    duration_ms REAL,
    run_id TEXT,
    source TEXT,
    method TEXT,
    user_agent TEXT,
    note TEXT,
    step BLOB,
    body_bytes INTEGER
);
-- Beside the log, so that it stays narrow.
CREATE TABLE ping_bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
