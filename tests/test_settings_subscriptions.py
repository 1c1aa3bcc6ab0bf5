"""The settings of subscriptions, and which mail server serves whom."""

from pathlib import Path

import pytest

from asura import parts
from asura.settings import Settings, SettingsError, load


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return load(path, {}).settings


SMTP = "{host: mail.example, from: asura@mail.example}"
OTHER = "{host: bulk.example, from: news@bulk.example, tls_mode: none}"


@pytest.mark.parametrize(
    ("text", "links", "subscribers"),
    [
        ("{}", None, None),
        (f"smtp: {SMTP}", "mail.example", "mail.example"),
        (f"subscriptions: {{smtp: {OTHER}}}", "bulk.example", "bulk.example"),
        (f"smtp: {SMTP}\nsubscriptions: {{smtp: {OTHER}}}", "mail.example", "bulk.example"),
    ],
    ids=["none", "of the section smtp", "of the section subscriptions", "one each"],
)
def test_where_one_mail_server_is_not_set_the_other_stands_in(
    tmp_path: Path, text: str, links: str | None, subscribers: str | None
) -> None:
    options = parts.options(loaded(tmp_path, text))
    found = (options.accounts.mail_server, options.subscriptions.mail_server)
    assert tuple(server.host if server else None for server in found) == (links, subscribers)


def test_subscriptions_are_on_with_ten_thousand_a_page_until_said_otherwise(tmp_path: Path) -> None:
    usual = parts.options(loaded(tmp_path, "{}")).subscriptions
    assert (usual.enabled, usual.most, usual.mails_per_minute) == (True, 10_000, 300)
    text = "subscriptions: {enabled: false, max_subscribers: 7, mails_per_minute: 20}"
    said = parts.options(loaded(tmp_path, text)).subscriptions
    assert (said.enabled, said.most, said.mails_per_minute) == (False, 7, 20)


def test_a_half_mail_server_is_named_by_its_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, "subscriptions: {smtp: {host: bulk.example, username: me}}")
    assert {problem.key for problem in refused.value.problems} == {
        "subscriptions.smtp.from",
        "subscriptions.smtp.password",
    }
