"""Settings: defaults, the order of the three places, and every problem at once."""

import os
from pathlib import Path

import pytest

from asura.settings import Settings, SettingsError, load, reload, view

HASH = "a" * 64


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str, env: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(written(folder, text), env or {})
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_no_file_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(None, {}).settings
    assert (settings.server.listen, settings.server.data) == ("127.0.0.1:8090", Path("asura-data"))
    assert (settings.monitor.failure_threshold, settings.monitor.default_retries) == (2, 1)
    assert (settings.database.retention_days, settings.database.retention_hourly_days) == (30, 400)
    assert settings.url == "http://127.0.0.1:8090"


def test_config_yaml_of_the_working_directory_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "server: {listen: ':99'}")
    loaded = load(None, {})
    assert loaded.settings.server.address == ("", 99)
    assert loaded.path == Path("config.yaml")


def test_a_folder_that_is_closed_to_us_has_no_file_for_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "server: {listen: ':99'}")
    user = os.geteuid()
    tmp_path.chmod(0)
    try:
        if user == 0:
            os.seteuid(65534)
        assert load(None, {}).path is None
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o700)


def test_flags_win_over_environment_over_file(tmp_path: Path) -> None:
    path = written(tmp_path, "server: {listen: '1.1.1.1:1', data: from-file, rate_limit_burst: 7}")
    env = {"ASURA_LISTEN": "2.2.2.2:2", "ASURA_DATA": "from-env"}
    server = load(path, env, {"server.listen": "3.3.3.3:3"}).settings.server
    assert (server.listen, str(server.data), server.rate_limit_burst) == ("3.3.3.3:3", "from-env", 7)


def test_asura_config_names_the_file_and_a_path_wins_over_it(tmp_path: Path) -> None:
    named = tmp_path / "named.yaml"
    named.write_text("server: {listen: ':1'}")
    other = written(tmp_path, "server: {listen: ':2'}")
    assert load(None, {"ASURA_CONFIG": str(named)}).settings.server.listen == ":1"
    assert load(other, {"ASURA_CONFIG": str(named)}).settings.server.listen == ":2"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load(tmp_path / "missing.yaml", {})


def test_every_problem_is_told_at_once_with_line_path_and_nearest_key(tmp_path: Path) -> None:
    text = """\
server:
  listen: 127.0.0.1:8090
  listne: x
  listen: ":1"
  idle_timeout: 5 parsecs
  rate_limit_burst: many
  trusted_proxies: [10.0.0.0/8, nope]
  web_ui_enabled: perhaps
severs: 1
monitor:
  failure_threshold: 0
logging: loud
auth:
  api_keys:
    - {name: a, hash: zz, role: king}
    - {name: b, roel: viewer}
monitors:
  - name: shop
    type: http
    intervall: 5
    timeout: 3 s
  - name: Shop
  - type: x
channels: {}
"""
    assert problems(tmp_path, text) == [
        "config.yaml:3: server.listne: unknown key; did you mean server.listen?",
        "config.yaml:4: server.listen: duplicate key, first written in line 2",
        (
            "config.yaml:5: server.idle_timeout: '5 parsecs' is not a duration; "
            "write 30s, 5m, 1h30m, 2d, or a number of seconds"
        ),
        "config.yaml:6: server.rate_limit_burst: expected a whole number",
        "config.yaml:7: server.trusted_proxies: 'nope' is not an address or a network such as 10.0.0.0/8",
        "config.yaml:8: server.web_ui_enabled: expected true or false",
        "config.yaml:9: severs: unknown key; did you mean server?",
        "config.yaml:11: monitor.failure_threshold: must be between 1 and 100",
        "config.yaml:12: logging: expected keys below it",
        "config.yaml:15: auth.api_keys[0].hash: must be the 64 hex digits that `asura hash-key` prints",
        "config.yaml:15: auth.api_keys[0].role: must be one of admin, editor, viewer",
        "config.yaml:16: auth.api_keys[1].roel: unknown key; did you mean role?",
        "config.yaml:16: auth.api_keys[1].hash: is missing",
        "config.yaml:20: monitors[0].intervall: unknown key; did you mean interval?",
        (
            "config.yaml:21: monitors[0].timeout: '3 s' is not a duration; "
            "write 30s, 5m, 1h30m, 2d, or a number of seconds"
        ),
        "config.yaml:22: monitors.shop: the slug is used in line 18 too",
        "config.yaml:23: monitors[2]: a name is missing",
        "config.yaml:24: channels: expected a list: each item begins with `- name: …`",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("server: [1", "not YAML"),
        ("server:\n\tlisten: x", "config.yaml:2: not YAML"),
        ("- a\n- b", "config.yaml:1: expected keys such as `server:`"),
        ("just text", "config.yaml:1: expected keys"),
        ("server: !!python/object:os.system {}", "server: the tag !!python/object:os.system has no meaning here"),
        ("server: &a {listen: *a}", "server.listen: refers to itself"),
        ("server: &a\n  x-loop: *a", "refers to itself"),
        ("? [1, 2]\n: x", "a key must be a word"),
        ("server: {data: ''}", "server.data: expected the path of a folder"),
        ("server: {listen: 8090}", "server.listen: expected text; put the value in quotes"),
        ("server: {listen: 'localhost'}", "'localhost' is not a listen address"),
        ("server: {listen: '1.2.3.4:99999'}", "is not a listen address"),
        ("server: {external_url: 'ftp://x'}", "server.external_url: 'ftp://x' is not an address"),
        ("server: {tls_cert: /nowhere.pem}", "server.tls_cert: needs server.tls_key too"),
        ("mode: probe", "probe.primary: is needed by mode: probe"),
        ("mode: other", "mode: must be one of primary, probe"),
        ("network: {allow_private_channels: ['10.0.0.300']}", "is not an address or a network"),
        (f"auth: {{api_keys: [{{name: a, hash: {HASH}}}, {{name: a, hash: {HASH}}}]}}", "be used once"),
        ("auth: {api_keys: [text]}", "auth.api_keys[0]: expected keys"),
        ("auth: {api_keys: {name: a}}", "auth.api_keys: expected a list"),
        ("probe: {region: a b}", "probe.region: must be 1 to 64 letters"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert any(told in problem for problem in problems(tmp_path, text)), problems(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing\n", "server:\n", "---\n...\n", "server: {listen: null}", "x-mine: {any: thing}", "monitors:"],
)
def test_empty_parts_mean_the_defaults(tmp_path: Path, text: str) -> None:
    loaded = load(written(tmp_path, text), {})
    assert loaded.settings.server == Settings().server
    assert loaded.warnings == ()


def test_a_file_of_the_go_program_loads_with_warnings(tmp_path: Path) -> None:
    text = f"""\
server: {{listen: "127.0.0.1:8090", read_timeout: 30s, write_timeout: 30s, idle_timeout: 120s, max_body_size: 1048576,
  cors_origins: [], rate_limit_per_sec: 10, rate_limit_burst: 20, web_ui_enabled: true, frame_ancestors: [],
  base_path: "", external_url: "", trusted_proxies: [10.0.0.0/8], tls_cert: "", tls_key: ""}}
database: {{path: /x/asura.db, max_read_conns: 4, retention_days: 90, retention_period: 1h, encryption_key: hunter22}}
auth:
  api_keys:
    - {{name: a, hash: {HASH}, super_admin: true}}
    - {{name: b, hash: {HASH}, role: readonly, totp: true}}
    - {{name: c, hash: {HASH}, permissions: [monitors.read, monitors.write]}}
    - {{name: d, hash: {HASH}, permissions: [metrics.read]}}
    - {{name: e, hash: {HASH}, role: super_admin}}
  session: {{lifetime: 24h, cookie_secure: true}}
  login: {{rate_limit_per_sec: 0.5, burst: 7}}
  totp: {{required: false}}
monitor: {{workers: 10, default_timeout: 10s, default_interval: 60s, failure_threshold: 3, success_threshold: 1,
  command_allowlist: [], allow_private_targets: true, adaptive_intervals: false}}
subscriptions: {{enabled: true, smtp: {{host: mail.example, port: 587, username: u, password: hunter22,
  from: a@b.example, tls_mode: starttls}}}}
logging: {{level: warn, format: text}}
"""
    loaded = load(written(tmp_path, text), {})
    keys = loaded.settings.auth.api_keys
    assert [(key.name, key.role, key.scopes) for key in keys] == [
        ("a", "admin", ()),
        ("b", "viewer", ()),
        ("c", "viewer", ()),
        ("d", "viewer", ("metrics",)),
        ("e", "admin", ()),
    ]
    assert loaded.settings.logging.level == "warning"
    assert loaded.settings.database.retention_days == 90
    warned = {problem.key for problem in loaded.warnings}
    assert {"server.read_timeout", "database.path", "monitor.workers"} <= warned
    told = loaded.settings.subscriptions
    assert (told.enabled, told.smtp.host, told.smtp.port, told.smtp.sender) == (
        True,
        "mail.example",
        587,
        "a@b.example",
    )
    auth = loaded.settings.auth
    assert (auth.session.lifetime, auth.session.cookie_secure) == (86400, "true")
    assert (auth.login.rate_limit_per_sec, auth.login.burst, auth.totp.required) == (0.5, 7, False)
    # What they say is what happens anyway.
    assert not {"monitor.allow_private_targets", "monitor.adaptive_intervals"} & warned
    assert "hunter22" not in "".join(map(str, loaded.warnings))


def test_variables_are_replaced_in_values_only(tmp_path: Path) -> None:
    text = """\
server:
  external_url: https://${HOST}/$path/$5
  data: ${DIR:-fallback}
  rate_limit_burst: ${BURST}
  base_path: /a
  trusted_proxies: ["${PROXY}"]
channels:
  - name: "$${HOST} costs $3"
    type: webhook
    settings: {template: "${name} is down", url: "http://${HOST}/"}
"""
    env = {"HOST": "status.example", "BURST": "9", "PROXY": "10.0.0.1"}
    settings = load(written(tmp_path, text), env).settings
    assert settings.server.external_url == "https://status.example/$path/$5"
    assert (str(settings.server.data), settings.server.rate_limit_burst) == ("fallback", 9)
    assert settings.server.trusted_proxies == ("10.0.0.1/32",)
    body = settings.channels[0].body
    assert body["name"] == "${HOST} costs $3"
    # Names of message templates are lower case: they are not ours to replace.
    assert body["settings"] == {"template": "${name} is down", "url": "http://status.example/"}


def test_a_variable_that_is_not_set_is_told_with_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, "server:\n  data: x${NOT_THERE}") == [
        "config.yaml:2: server.data: the environment variable NOT_THERE is not set"
    ]


def test_keys_are_not_replaced(tmp_path: Path) -> None:
    assert "unknown key" in problems(tmp_path, "${SECTION}: {}", {"SECTION": "server"})[0]


def test_reload_reads_the_same_places_again(tmp_path: Path) -> None:
    path = written(tmp_path, "logging: {level: info}")
    first = load(path, {}, {"server.listen": ":7"}).settings
    path.write_text("logging: {level: debug}")
    second = reload(first, {}).settings
    assert (second.logging.level, second.server.listen) == ("debug", ":7")


def test_the_view_has_no_secrets_and_no_hashes(tmp_path: Path) -> None:
    text = f"auth: {{api_keys: [{{name: a, hash: {HASH}}}]}}\nprobe: {{key: hunter22hunter22}}"
    settings = load(written(tmp_path, text), {}).settings
    shown = str(view(settings))
    assert HASH not in shown
    assert "hunter22" not in shown + repr(settings)
    assert view(settings)["probe"]["key"] == "********"
    assert view(settings)["server"]["data"] == "asura-data"


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ({"listen": ":80"}, "http://127.0.0.1:80"),
        ({"listen": "[::]:80"}, "http://[::1]:80"),
        ({"listen": "[::1]:80", "base_path": "asura/"}, "http://[::1]:80/asura"),
        ({"listen": ":80", "external_url": "https://x.example/"}, "https://x.example"),
    ],
)
def test_the_address_that_people_open(server: dict[str, str], url: str) -> None:
    flags = {f"server.{name}": value for name, value in server.items()}
    assert load(None, {}, flags).settings.url == url


def test_a_wrong_option_is_told_by_its_name() -> None:
    with pytest.raises(SettingsError, match=r"--listen: server\.listen: 'x' is not a listen address"):
        load(None, {}, {"server.listen": "x"})
