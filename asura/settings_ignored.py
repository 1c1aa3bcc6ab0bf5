"""Keys of the Go program of the same name that mean nothing here: its configuration files load, with a warning."""

from typing import Any

# Each key with what to say about it. A whole section is named by its first word.
IGNORED = {
    "server.read_timeout": "requests are limited in size and the connections in idle time instead",
    "server.write_timeout": "answers have no time limit, so that the event stream is never cut",
    "database.path": "the database is asura.db in the data folder; choose the folder with server.data",
    "database.max_read_conns": "readers are opened as they are needed",
    "database.retention_period": "what is too old is deleted every hour, in small steps",
    "database.request_log_retention_days": "requests are logged to stderr and not kept in the database",
    "database.encryption_key": "secrets are sealed with the key in the file secret.key of the data folder",
    "monitor.workers": "checks wait side by side without workers; see monitor.max_concurrent",
    "monitor.command_timeout": "there is no command check",
    "monitor.max_concurrent_dns": "see network.dns_threads",
    "monitor.command_allowlist": "there is no command check",
    "monitor.allow_private_targets": "checks may reach private networks, never cloud metadata",
    "monitor.adaptive_intervals": "intervals stay as they are set",
}

# What these say is what happens here anyway, so that there is nothing to warn of.
AGREED: dict[str, Any] = {"monitor.allow_private_targets": True, "monitor.adaptive_intervals": False}

ROLES = {"readonly": "viewer", "read-only": "viewer", "super_admin": "admin", "superadmin": "admin"}


def why_ignored(key: str) -> str | None:
    """Return what to say about a key that means nothing here, or None when the key is not one of them."""
    return IGNORED.get(key)


def key_entry(entry: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return an entry of `auth.api_keys` in our words, and what to warn of. Rights never grow by the translation."""
    ours, warnings = dict(entry), []
    if ours.pop("super_admin", False) is True and not ours.get("role"):
        ours["role"] = "admin"
    if "permissions" in ours:
        given = ours.pop("permissions")
        warnings.append(_permissions(ours, given if isinstance(given, list) else []))
    dropped = [ours.pop(name, None) for name in ("totp", "totp_secret", "totp_required")]
    if any(dropped):
        warnings.append("totp has no effect: API keys have no second factor")
    return ours, warnings


def _permissions(entry: dict[str, Any], permissions: list[Any]) -> str:
    if entry.get("role"):
        return "permissions have no effect beside a role"
    entry["role"] = "viewer"
    if permissions == ["metrics.read"]:
        entry["scopes"] = ["metrics"]
    return "permissions read as the role viewer; write `role: editor` or `role: admin` to allow changes"
