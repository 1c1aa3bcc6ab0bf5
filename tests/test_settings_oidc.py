"""The settings of single sign-on, of a proxy in front, and of mail: how they are read, and what cannot be."""

from pathlib import Path

import pytest

from asura.settings import Settings, SettingsError, load, view


def loaded(folder: Path, text: str, **env: str) -> Settings:
    path = folder / "config.yaml"
    path.write_text(text)
    return load(path, env).settings


def faults(folder: Path, text: str, **env: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        loaded(folder, text, **env)
    return [problem.key for problem in error.value.problems]


def test_nothing_is_offered_unless_it_is_set(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "{}")
    assert (settings.auth.oidc.issuer, settings.auth.proxy.header, settings.smtp.host) == ("", "", "")


def test_groups_have_roles_in_the_file_and_in_the_environment(tmp_path: Path) -> None:
    text = "auth: {oidc: {issuer: https://id.test, client_id: asura, roles: {Domain Admins: admin, ops: editor}}}"
    assert loaded(tmp_path, text).auth.oidc.roles == {"Domain Admins": "admin", "ops": "editor"}
    settings = loaded(tmp_path, text, ASURA_AUTH__OIDC__ROLES="team=x=admin, staff=viewer")
    assert settings.auth.oidc.roles == {"team=x": "admin", "staff": "viewer"}


def test_the_sender_of_mails_is_the_key_from(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "smtp: {host: mail.test, from: asura <asura@example.com>, tls_mode: plain}")
    assert (settings.smtp.sender, settings.smtp.tls_mode) == ("asura <asura@example.com>", "none")
    assert loaded(tmp_path, "{}", ASURA_SMTP__FROM="a@x.test").smtp.sender == "a@x.test"


def test_secrets_are_read_from_files_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("very-secret\n")
    text = "auth: {oidc: {issuer: https://id.test, client_id: asura}}\nsmtp: {username: a, password: pass-word}"
    settings = loaded(tmp_path, text, ASURA_AUTH__OIDC__CLIENT_SECRET_FILE=str(tmp_path / "secret"))
    assert settings.auth.oidc.client_secret is not None
    assert settings.auth.oidc.client_secret.reveal() == "very-secret"
    for shown in (repr(settings), str(view(settings))):
        assert "very-secret" not in shown
        assert "pass-word" not in shown


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("auth: {oidc: {issuer: https://id.test}}", ["auth.oidc.client_id"]),
        ("auth: {oidc: {issuer: http://id.test, client_id: a}}", ["auth.oidc.issuer"]),
        ("auth: {oidc: {issuer: id.test, client_id: a}}", ["auth.oidc.issuer"]),
        ("auth: {oidc: {roles: {ops: king}}}", ["auth.oidc.roles"]),
        ("auth: {oidc: {roles: [ops]}}", ["auth.oidc.roles"]),
        ("auth: {oidc: {allowed_domains: [a@example.com]}}", ["auth.oidc.allowed_domains"]),
        ("auth: {oidc: {groups_claim: ''}}", ["auth.oidc.groups_claim"]),
        ("auth: {oidc: {role: king}}", ["auth.oidc.role"]),
        ("auth: {proxy: {header: Remote-User}}", ["auth.proxy.header"]),
        ("auth: {proxy: {header: 'Remote User:'}}", ["auth.proxy.header"]),
        ("auth: {proxy: {groups_header: Remote-Groups}}", ["auth.proxy.groups_header"]),
        ("auth: {proxy: {logout_url: 'javascript:alert(1)'}}", ["auth.proxy.logout_url"]),
        ("smtp: {host: mail.test}", ["smtp.from"]),
        ("smtp: {from: nobody}", ["smtp.from"]),
        ("smtp: {username: a}", ["smtp.password"]),
        ("smtp: {password: a}", ["smtp.username"]),
        ("smtp: {host: 'mail test', from: a@x.test}", ["smtp.host"]),
        ("smtp: {tls_mode: maybe}", ["smtp.tls_mode"]),
        ("smtp: {port: 70000}", ["smtp.port"]),
    ],
)
def test_what_cannot_work_or_would_not_be_safe_is_told_with_its_key(
    tmp_path: Path, text: str, paths: list[str]
) -> None:
    assert faults(tmp_path, text) == paths


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9400", "http://localhost:9400", "http://[::1]:9400"])
def test_without_tls_a_provider_may_be_on_this_machine_alone(tmp_path: Path, issuer: str) -> None:
    assert loaded(tmp_path, f"auth: {{oidc: {{issuer: '{issuer}', client_id: a}}}}").auth.oidc.issuer == issuer
