"""The settings of backups: how often, where, how many are kept, for whom they are encrypted, where copies go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from asura.domain.fields import Secret
from asura.errors import AsuraError
from asura.settings_values import FLAG, SECRET, TEXT, URL, Kind, Section, duration, setting, texts, whole

if TYPE_CHECKING:
    from asura.store.age import Lock

_URL_OR_NOT = Kind("URL", lambda raw: "" if raw == "" else URL.read(raw))
_IN_THE_CLEAR = (
    "a backup holds the key of all stored secrets in the clear: set backup.recipients or backup.key_file, "
    "and only what is encrypted leaves this machine"
)
_EVERY = duration(0, 31536000)


def _every(raw: Any) -> float:
    seconds: float = _EVERY.read(raw)
    if 0 < seconds < 300:
        raise ValueError("must be 0, for never, or at least 5m")
    return seconds


class S3(Section, frozen=True, kw_only=True):
    """A bucket that each scheduled backup is uploaded to; it is used when `bucket` is set."""

    endpoint: Annotated[
        str,
        setting(
            "Address of the service, such as https://s3.eu-central-1.amazonaws.com; it may be in the LAN.", _URL_OR_NOT
        ),
    ] = ""
    region: Annotated[str, setting("Region, as the service calls it; many want us-east-1 or auto.", TEXT)] = "us-east-1"
    bucket: Annotated[str, setting("Name of the bucket, which must be there.", TEXT)] = ""
    prefix: Annotated[str, setting("Put before the names. Several may share it: each deletes only its own.", TEXT)] = (
        "asura/"
    )
    access_key: Annotated[str, setting("Id of the access key.", TEXT)] = ""
    secret_key: Annotated[Secret | None, setting("Secret of `access_key`.", SECRET)] = None
    path_style: Annotated[
        bool, setting("The bucket stands in the path; `false`: before the host, as some services want it.", FLAG)
    ] = True


class Backup(Section, frozen=True, kw_only=True):
    """Backups that are made by themselves. `asura backup` makes one at any time."""

    every: Annotated[
        float, setting("Time between two backups; 0: none are made.", Kind("duration", _every, _EVERY.show))
    ] = 0
    keep: Annotated[
        int,
        setting(
            "So many of the newest good ones are kept, here and in the bucket; as many of those made on request.",
            whole(1, 1000),
        ),
    ] = 7
    dir: Annotated[str, setting("Folder they are written to; empty: `backups` in the data folder.", TEXT)] = ""
    recipients: Annotated[
        tuple[str, ...],
        setting("Encrypted for these: age1… of age-keygen, or lines ssh-ed25519 … and ssh-rsa ….", texts()),
    ] = ()
    key_file: Annotated[
        str, setting("File with a passphrase to encrypt with, instead of recipients; at least 16 characters.", TEXT)
    ] = ""
    s3: S3 = S3()

    @property
    def encrypted(self) -> bool:
        """Return whether backups are encrypted."""
        return bool(self.recipients or self.key_file)

    def lock(self) -> "Lock | None":
        """Return what backups are closed with; None: they are not encrypted."""
        from asura.store.age import Lock, read_passphrase

        if self.key_file:
            return Lock(passphrase=read_passphrase(Path(self.key_file)))
        return Lock(recipients=self.recipients) if self.recipients else None

    def folder(self, data: Path) -> Path:
        """Return the folder that backups are written to."""
        return Path(self.dir).expanduser() if self.dir else data / "backups"


def backup_faults(backup: Backup) -> list[tuple[str, str]]:
    """Return (key, message) of everything that cannot work."""
    faults = []
    if backup.recipients and backup.key_file:
        faults.append(("backup.key_file", "cannot stand beside backup.recipients: choose one of the two"))
    if backup.recipients:
        # The library is loaded only where there is something to encrypt for.
        from asura.store.age import recipient_fault

        found = (recipient_fault(one) for one in backup.recipients)
        faults += [("backup.recipients", fault) for fault in found if fault is not None]
    if backup.key_file:
        from asura.store.age import read_passphrase

        try:
            read_passphrase(Path(backup.key_file))
        except AsuraError as error:
            faults.append(("backup.key_file", str(error)))
    return faults + _s3_faults(backup)


def backup_warnings(backup: Backup) -> list[str]:
    """Return what works and should not be left so, as sentences for the log."""
    return [open_key_file(backup.key_file)] if backup.key_file and everybody_reads(Path(backup.key_file)) else []


def open_key_file(path: str) -> str:
    """Return the sentence about a passphrase that is none."""
    return f"{path}: everybody on this machine can read the passphrase of the backups: chmod 600 {path}"


def everybody_reads(path: Path) -> bool:
    """Return whether a file can be read by everybody."""
    try:
        return bool(path.stat().st_mode & 0o004)
    except OSError:
        return False


def _s3_faults(backup: Backup) -> list[tuple[str, str]]:
    s3 = backup.s3
    if not s3.bucket:
        return [("backup.s3.bucket", "is needed beside backup.s3.endpoint")] if s3.endpoint else []
    faults = [
        (f"backup.s3.{name}", "is needed beside backup.s3.bucket")
        for name in ("endpoint", "access_key", "secret_key")
        if not getattr(s3, name)
    ]
    if not backup.encrypted:
        faults.append(("backup.s3.bucket", _IN_THE_CLEAR))
    if "/" in s3.bucket or not s3.bucket.isascii() or not s3.bucket.isprintable():
        faults.append(("backup.s3.bucket", "must be the name of the bucket alone; folders go into backup.s3.prefix"))
    if not s3.prefix.isprintable() or s3.prefix.startswith("/"):
        faults.append(("backup.s3.prefix", "must be text such as asura/ that does not begin with a slash"))
    if s3.endpoint and urlsplit(s3.endpoint).path not in ("", "/"):
        faults.append(
            ("backup.s3.endpoint", "must be an address without a path; the bucket goes into backup.s3.bucket")
        )
    return faults
