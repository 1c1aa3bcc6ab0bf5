-- Who may sign in. Names are compared without case. `password` is a PHC string of Argon2id, null for those who come by another way;
-- `subject` is the identity that an OpenID provider or a proxy vouches for. The TOTP secret is sealed; `totp_step` is the last step whose code was
-- used. Recovery codes are SHA-256 hashes.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    tags BLOB NOT NULL,
    origin TEXT NOT NULL,
    subject TEXT UNIQUE,
    password TEXT,
    totp BLOB,
    totp_step INTEGER NOT NULL,
    recovery BLOB NOT NULL,
    profile BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER,
    disabled_at INTEGER
);

-- One row a signed-in browser; the cookie is kept as its SHA-256 alone.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Links that work once: an invitation (no user yet) or a new password for a user, whose second factor may end with it.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    tags BLOB NOT NULL,
    ends_totp INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX invitations_by_user ON invitations (user_id) WHERE user_id IS NOT NULL;

-- Who changed what, from where. Rows are never changed or deleted; each holds the hash of itself and of the one before it.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id INTEGER,
    name TEXT NOT NULL,
    before BLOB,
    after BLOB,
    hash BLOB NOT NULL
);
CREATE INDEX audit_by_entity ON audit (entity, entity_id, id);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;

-- Requests a second that a key may make; null: as everybody.
ALTER TABLE keys ADD COLUMN rate REAL;
