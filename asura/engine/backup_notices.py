"""What people are told of backups: that they fail, that they work again, and why one cannot be taken away."""

from asura.domain.backup import Failed, Ledger, Made
from asura.domain.incident import EventType
from asura.engine.notice import Notice

SUBJECT = "backups"


def in_the_clear(name: str) -> str:
    """Return why a backup that is not encrypted is not handed out."""
    return (
        f"{name} is not encrypted, and holds the key of all stored secrets: set backup.recipients or backup.key_file "
        "and make another; or copy it on the server"
    )


def fails(ledger: Ledger) -> Notice:
    """Return what is told when backups fail."""
    failed, last = ledger.failed, ledger.last
    since = f"The last good one is of {last.at:%Y-%m-%d %H:%M} UTC." if last else "There is none yet."
    return Notice(
        event=EventType.BACKUP_FAILED,
        number=int(failed.since.timestamp()) if failed else 0,
        title="Backups of asura fail",
        text=f"{failed.message if failed else ''} {since} It is tried again.",
        reason="backup_failed",
        subject=SUBJECT,
    )


def works_again(before: Failed, made: Made) -> Notice:
    """Return what is told when they work again."""
    return Notice(
        event=EventType.BACKUP_SUCCEEDED,
        number=int(before.since.timestamp()),
        title="Backups of asura work again",
        text=f"{made.name} was made and verified. They had failed since {before.since:%Y-%m-%d %H:%M} UTC.",
        reason="backup_succeeded",
        subject=SUBJECT,
    )
