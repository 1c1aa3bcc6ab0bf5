"""Settings of which a part alone is needed: what of a wrong file does no harm, and what might."""

from pathlib import Path

import pytest

from asura.settings import Loaded, Settings, SettingsError, load

NEEDS = ("server.data", "backup")
GOOD = "server: {data: /srv/a}\nbackup: {recipients: RECIPIENT}\n"
RECIPIENT = "age1649g0yan38l6x2a8cwsyvyxrg2f2jejqq60jmt8qvwv6am0pyyfsgpwa0c"


def read(folder: Path, text: str, *, env: dict[str, str] | None = None, **flags: str) -> Loaded[Settings]:
    path = folder / "config.yaml"
    path.write_text(text.replace("RECIPIENT", f"[{RECIPIENT}]"))
    given = {name.replace("_", "."): value for name, value in flags.items()}
    return load(path, env or {}, given, needs=NEEDS)


HARMLESS = {
    "a wrong value": "server: {data: /srv/a, idle_timeout: soon}\nbackup: {recipients: RECIPIENT}\n",
    "an unknown key": f"{GOOD}smtp: {{prot: 25}}\n",
    "an unknown section": f"{GOOD}nonsense: true\n",
    "a combination": f"{GOOD}probe: {{primary: 'http://localhost:1'}}\nmode: probe\n",
    "a broken item": f"{GOOD}auth: {{api_keys: [{{name: x, hash: y}}, z]}}\n",
    "a monitor without a name": f"{GOOD}monitors: [{{type: http}}]\n",
    "a variable that is not set": f"{GOOD}smtp: {{password: '${{NONE}}'}}\n",
    "a tab": f"{GOOD}monitors:\n- name: x\n\ttype: http\n",
    "an open bracket": f"monitors: [{{name: x\n{GOOD}",
    "a line that is no key": f"{GOOD}oh dear\n",
    "an alias of nothing": f"{GOOD}smtp: *gone\n",
    "nested too deep": f"{GOOD}smtp: {'[' * 200}{']' * 200}\n",
    "neither is there": None,
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_is_wrong_elsewhere_is_told_and_has_its_default(text: str | None, tmp_path: Path) -> None:
    loaded = read(tmp_path, text or "smtp: {port: x}\nlogging: [\n")
    assert loaded.problems
    server, backup = loaded.settings.server, loaded.settings.backup
    assert (str(server.data), backup.recipients) == (("/srv/a", (RECIPIENT,)) if text else ("asura-data", ()))
    with pytest.raises(SettingsError):
        load(tmp_path / "config.yaml", {})


HARMFUL = {
    "the key": "server: {data: [1]}\n",
    "the key misspelt": "server: {dta: /srv/a}\n",
    "its section misspelt": "sever: {data: /srv/a}\n",
    "its section twice": "server: {data: /srv/a}\nserver: {data: /srv/b}\n",
    "its section no keys": "server: /srv/a\n",
    "a key of the section": "server: {data: /srv/a}\nbackup: {keep: many}\n",
    "the section misspelt": "backups: {recipients: RECIPIENT}\n",
    "its combination": "backup: {recipients: [age1nonsense]}\n",
    "its variable is not set": "server: {data: '${NONE}/a'}\n",
    "its block is torn": "server: {data: /srv/a}\nbackup:\n\trecipients: RECIPIENT\n",
    "it stands in a torn block": "server: {data: /srv/a}\nlogging:\n  level: info\n backup: {recipients: RECIPIENT}\n",
    "it stands in two blocks": f"{GOOD}backup: {{}}\noh dear\n",
}


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
def test_what_may_make_a_needed_key_another_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        read(tmp_path, text)


def test_what_a_variable_or_an_option_says_holds_whatever_the_file_says(tmp_path: Path) -> None:
    text = "server: {dta: /srv/b, data: [1]}\n"
    assert str(read(tmp_path, text, env={"ASURA_DATA": "/srv/a"}).settings.server.data) == "/srv/a"
    assert str(read(tmp_path, text, server_data="/srv/a").settings.server.data) == "/srv/a"
    for wrong in ({"env": {"ASURA_DATA": ""}}, {"env": {"ASURA_SERVER__DTA": "x"}}, {"server_data": ""}):
        with pytest.raises(SettingsError):
            read(tmp_path, GOOD, **wrong)
    env = {"ASURA_SMTP__PASSWORD_FILE": "/nowhere", "ASURA_SMTP__PRT": "1"}
    assert [one.place for one in read(tmp_path, GOOD, env=env).problems] == list(env)


def test_of_a_file_that_cannot_be_read_nothing_is_known(tmp_path: Path) -> None:
    for needs, flags in ((("server.data",), {"server.data": "/srv/a"}), ((), {})):
        loaded = load(tmp_path / "gone.yaml", {}, flags, needs=needs)
        assert [one.message for one in loaded.problems] == ["cannot be read: No such file or directory"]
    with pytest.raises(SettingsError):
        load(tmp_path / "gone.yaml", {}, needs=NEEDS)


def test_what_comes_after_too_many_values_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asura.settings_source.MOST_VALUES", 5)
    with pytest.raises(SettingsError):
        read(tmp_path, "network: {canaries: [a, b, c, d, e, f]}\nbackup: {recipients: RECIPIENT}\n")


def test_problems_of_a_torn_file_have_their_lines(tmp_path: Path) -> None:
    loaded = read(tmp_path, f"{GOOD}\nsmtp: {{prot: 1}}\n\noh dear\n")
    assert [(one.line, one.key) for one in loaded.problems] == [(4, "smtp.prot"), (7, "")]
