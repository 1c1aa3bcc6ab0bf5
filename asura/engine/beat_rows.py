"""Keeps the rows of heartbeats in step with their monitors: made, resumed, edited and given other tokens with them."""

import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime

from asura.domain.fields import Secret
from asura.domain.heartbeat import BEAT_FIELDS, HEARTBEAT, Heartbeat, fresh, reckoned, rule_of
from asura.domain.heartbeat_params import uuid_text
from asura.domain.monitor import Monitor
from asura.engine.beats import Beat, hashed, uuid_of
from asura.errors import Conflict
from asura.store import heartbeats
from asura.store.seal import Vault

TRIES = 5
ADOPTABLE = ("token", "uuid")
RULE_FIELDS = ("interval", *BEAT_FIELDS)


def new_token() -> str:
    """Return a token: 32 characters of 192 random bits."""
    return secrets.token_urlsafe(24)


class BeatRows:
    """What happens to the row of a heartbeat inside a change of its monitor. Called on the writer's thread."""

    def __init__(self, vault: Vault, *, make_token: Callable[[], str] = new_token) -> None:
        self._vault = vault
        self._make_token = make_token

    def create(self, db: sqlite3.Connection, monitor: Monitor, now: datetime) -> Beat | None:
        """Return the new heartbeat of a monitor; None for one that is checked. Conflict when a token is taken."""
        if monitor.config.type != HEARTBEAT:
            return None
        old = heartbeats.load(db, monitor.id)
        if old is not None:
            # An archived monitor that comes back keeps its token.
            heart = fresh(now, rule_of(monitor.config), heartbeats.state_of(old))
            heartbeats.save_states(db, [heartbeats.saved(monitor.id, heart)])
            given = any(adopted(monitor, name) for name in ADOPTABLE)
            return self._beat(monitor, heart, self._exchange(db, monitor, heart) if given else old)
        heart = fresh(now, rule_of(monitor.config))
        for _ in range(TRIES):
            row = self._row(monitor, heart)
            try:
                heartbeats.insert(db, row)
            except Conflict:
                if any(adopted(monitor, name) for name in ADOPTABLE):
                    raise
                continue
            return self._beat(monitor, heart, row)
        raise Conflict("no free token was found")

    def edit(
        self, db: sqlite3.Connection, old: Monitor, new: Monitor, heart: Heartbeat | None, now: datetime
    ) -> Beat | None:
        """Return the heartbeat of an edited monitor; None for one that is checked."""
        if new.config.type != HEARTBEAT:
            if old.config.type == HEARTBEAT:
                heartbeats.delete(db, new.id)
            return None
        row = heartbeats.load(db, new.id)
        if row is None or heart is None:
            return self.create(db, new, now)
        if any(adopted(new, name) not in (None, adopted(old, name)) for name in ADOPTABLE):
            row = self._exchange(db, new, heart)
        rule = rule_of(new.config)
        if new.config.enabled and not old.config.enabled:
            heart = fresh(now, rule, heart)
        elif any(getattr(old.config, name) != getattr(new.config, name) for name in RULE_FIELDS):
            heart = reckoned(heart, rule, now)
        heartbeats.save_states(db, [heartbeats.saved(new.id, heart)])
        return self._beat(new, heart, row)

    def save(self, db: sqlite3.Connection, beat: Beat | None) -> None:
        """Save what is known of a heartbeat that is being put away."""
        if beat is not None:
            heartbeats.save_states(db, [heartbeats.saved(beat.monitor_id, beat.heart)])

    def rotate(self, db: sqlite3.Connection, monitor: Monitor, heart: Heartbeat) -> Beat:
        """Return the heartbeat under a new token; the old one is unknown from now on."""
        heartbeats.save_states(db, [heartbeats.saved(monitor.id, heart)])
        return self._beat(monitor, heart, self._exchange(db, monitor, heart))

    def token(self, beat: Beat) -> str:
        """Return the token of a heartbeat, for those who may see it."""
        return heartbeats.unseal_token(self._vault, beat.sealed).reveal()

    def _exchange(self, db: sqlite3.Connection, monitor: Monitor, heart: Heartbeat) -> heartbeats.Stored:
        row = self._row(monitor, heart)
        heartbeats.set_token(db, row)
        return row

    def _row(self, monitor: Monitor, heart: Heartbeat) -> heartbeats.Stored:
        token = adopted(monitor, "token") or self._make_token()
        uuid = uuid_text(adopted(monitor, "uuid") or "") or uuid_of(token)
        return heartbeats.Stored(
            monitor_id=monitor.id,
            token_hash=hashed(token),
            uuid_hash=hashed(uuid),
            sealed=heartbeats.seal_token(self._vault, Secret(token)),
            state=heartbeats.saved(monitor.id, heart).state,
            upto=heart.last_id,
        )

    def _beat(self, monitor: Monitor, heart: Heartbeat, row: heartbeats.Stored) -> Beat:
        return Beat(monitor, heart, token_hash=row.token_hash, uuid_hash=row.uuid_hash, sealed=row.sealed)


def adopted(monitor: Monitor, name: str) -> str | None:
    """Return a token or UUID that the settings take over from elsewhere."""
    secret = monitor.config.settings.get(name)
    return secret.reveal() if isinstance(secret, Secret) and secret else None
