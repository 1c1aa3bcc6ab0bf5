"""What can be said of backups, and what is refused before anything is made."""

from pathlib import Path

import pytest

from asura import parts
from asura.settings import SettingsError, load, view
from asura.settings_backup import backup_warnings

RECIPIENT = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
S3 = "{endpoint: 'https://s3.example.com', bucket: kept, access_key: id, secret_key: hidden}"


def read(folder: Path, text: str) -> "parts.Settings":
    file = folder / "config.yaml"
    file.write_text(f"backup: {text}\n")
    return load(file, {}).settings


def refused(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as error:
        read(folder, text)
    return str(error.value)


def test_nothing_is_scheduled_by_default_and_the_folder_is_in_the_data(tmp_path: Path) -> None:
    found = load(None, {}).settings
    options = parts.options(found).backups
    assert (found.backup.every, options.every.total_seconds(), options.keep) == (0, 0, 7)
    assert (options.folder, options.lock, options.bucket) == (None, None, None)
    assert found.backup.folder(Path("/data")) == Path("/data/backups")


def test_a_passphrase_that_everybody_reads_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("correct horse battery staple")
    file.chmod(0o604)
    found = read(tmp_path, f"{{key_file: {file}}}")
    (warning,) = backup_warnings(found.backup)
    assert warning == f"{file}: everybody on this machine can read the passphrase of the backups: chmod 600 {file}"
    file.chmod(0o640)
    assert backup_warnings(found.backup) == []
    assert backup_warnings(load(None, {}).settings.backup) == []


def test_everything_can_be_set(tmp_path: Path) -> None:
    found = read(tmp_path, f"{{every: 1d, keep: 3, dir: {tmp_path}/kept, recipients: [{RECIPIENT}], s3: {S3}}}")
    options = parts.options(found).backups
    assert (options.every.total_seconds(), options.keep, options.folder) == (86400, 3, tmp_path / "kept")
    assert options.lock is not None
    assert options.lock.recipients == (RECIPIENT,)
    assert options.bucket is not None
    shown = str(view(found)["backup"])
    assert "hidden" not in shown


def test_the_secret_may_come_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(
        f"backup: {{recipients: [{RECIPIENT}], s3: {{endpoint: 'http://nas:9000', bucket: b, access_key: a}}}}\n"
    )
    found = load(file, {"ASURA_BACKUP__S3__SECRET_KEY": "from outside"}).settings
    assert found.backup.s3.secret_key is not None
    assert found.backup.s3.secret_key.reveal() == "from outside"


def test_a_passphrase_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("correct horse battery staple\n")
    options = parts.options(read(tmp_path, f"{{every: 6h, key_file: {tmp_path}/key}}")).backups
    assert options.lock is not None
    assert options.lock.passphrase is not None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{every: 10s}", "must be 0, for never, or at least 5m"),
        ("{keep: 0}", "between 1 and 1000"),
        ("{recipients: [age1nonsense]}", "'age1nonsense' is no recipient"),
        ("{key_file: /nowhere/key}", "cannot be read: No such file"),
        (f"{{recipients: [{RECIPIENT}], key_file: /nowhere/key}}", "choose one of the two"),
        (f"{{s3: {S3}}}", "holds the key of all stored secrets in the clear: set backup.recipients or backup.key_file"),
        (f"{{recipients: [{RECIPIENT}], s3: {{bucket: b}}}}", "backup.s3.endpoint is needed beside backup.s3.bucket"),
        ("{s3: {endpoint: 'https://s3.example.com'}}", "is needed beside backup.s3.endpoint"),
        (f"{{recipients: [{RECIPIENT}], s3: {S3.replace('kept', 'a/b')}}}", "the name of the bucket alone"),
        (f"{{recipients: [{RECIPIENT}], s3: {S3.replace('.com', '.com/kept')}}}", "an address without a path"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_at_the_start(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in refused(tmp_path, text).replace(": is needed", " is needed")


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("too short\n")
    assert "at least 16 characters" in refused(tmp_path, f"{{key_file: {tmp_path}/key}}")
