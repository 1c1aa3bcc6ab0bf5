-- Planned work. `ended` are the occurrences that somebody ended before their time: pairs of beginning and end.
CREATE TABLE maintenance (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    config BLOB NOT NULL,
    ended BLOB NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- `password` is a PHC string of Argon2id. The page of the configuration file is a row like the others, so that posts and subscribers can
-- belong to it.
CREATE TABLE status_pages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    config BLOB NOT NULL,
    password TEXT,
    managed_by TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE page_files (
    page_id INTEGER NOT NULL REFERENCES status_pages (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (page_id, name)
);

-- What a page says in words: incidents and notices, and their updates. `source` is the component that an automatic one is about.
CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id INTEGER NOT NULL REFERENCES status_pages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    impact TEXT NOT NULL,
    publish_at INTEGER NOT NULL,
    started_at INTEGER,
    ends_at INTEGER,
    resolved_at INTEGER,
    postmortem TEXT NOT NULL,
    source INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX posts_by_page ON posts (page_id, id);
CREATE INDEX posts_by_resolution ON posts (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE TABLE post_updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL,
    components BLOB NOT NULL,
    created_by TEXT NOT NULL,
    told_at INTEGER
);
CREATE INDEX post_updates_by_post ON post_updates (post_id, id);
CREATE INDEX post_updates_untold ON post_updates (at) WHERE told_at IS NULL;

-- What of planned work was told to the subscribers of a page, so that nothing is told twice.
CREATE TABLE maintenance_told (
    page_id INTEGER NOT NULL REFERENCES status_pages (id) ON DELETE CASCADE,
    window_id INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (page_id, window_id, starts_at, what)
) WITHOUT ROWID;

-- Who wants to be told by a page. The address is sealed, and looked up by its fingerprint, which nobody can make who has not the key of
-- the seals; the token of the links is looked up by its hash, and sealed beside it because each mail shows it again. `letter_at` is when
-- the last letter about the subscription itself was written, `failing_since` from when on nothing could be delivered.
CREATE TABLE subscribers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id INTEGER NOT NULL REFERENCES status_pages (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    address BLOB NOT NULL,
    address_hash BLOB NOT NULL,
    components BLOB NOT NULL,
    language TEXT NOT NULL,
    token BLOB NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    letter_at INTEGER,
    failing_since INTEGER,
    UNIQUE (page_id, kind, address_hash)
);
CREATE INDEX subscribers_unconfirmed ON subscribers (created_at) WHERE confirmed_at IS NULL;

-- What was said to the subscribers of a page, once for all of them.
CREATE TABLE bulletins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page_id INTEGER NOT NULL REFERENCES status_pages (id) ON DELETE CASCADE,
    key TEXT NOT NULL UNIQUE,
    payload BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX bulletins_by_page ON bulletins (page_id);
CREATE INDEX bulletins_by_time ON bulletins (created_at);

-- A message to a subscriber is in the outbox beside those to channels. Its `channel_id` is no channel but its lane: 0 is the mail
-- server, -1 letters about the subscription itself, and every webhook has one of its own below these.
ALTER TABLE notifications ADD COLUMN subscriber_id INTEGER;
CREATE INDEX notifications_by_subscriber ON notifications (subscriber_id) WHERE subscriber_id IS NOT NULL;
CREATE TRIGGER subscribers_take_their_messages AFTER DELETE ON subscribers BEGIN
    DELETE FROM notifications WHERE subscriber_id = old.id;
END;

-- However many subscribers wait to be told, operators' messages are found without passing them.
DROP INDEX notifications_due;
CREATE INDEX notifications_due ON notifications (next_attempt_at, id)
    WHERE status IN ('pending', 'failed') AND subscriber_id IS NULL;
CREATE INDEX notifications_to_subscribers ON notifications (channel_id, next_attempt_at, id)
    WHERE status IN ('pending', 'failed') AND subscriber_id IS NOT NULL;
CREATE INDEX notifications_to_channels ON notifications (id) WHERE subscriber_id IS NULL;
DROP INDEX notifications_by_end;
CREATE INDEX notifications_by_end ON notifications (finished_at)
    WHERE finished_at IS NOT NULL AND subscriber_id IS NULL;
CREATE INDEX notifications_told ON notifications (finished_at)
    WHERE finished_at IS NOT NULL AND subscriber_id IS NOT NULL;
