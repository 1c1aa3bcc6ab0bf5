"""Secrets are sealed, come back, and are never taken for a user's own words."""

import json
import stat
from pathlib import Path

import pytest

from asura.domain.channel import ChannelConfig
from asura.domain.fields import Secret
from asura.domain.monitor import Assertion, MonitorConfig
from asura.errors import Invalid, StoreUnavailable
from asura.store.seal import Vault

TOKEN = "hunter2-very-secret"


def config(**settings: object) -> MonitorConfig:
    return MonitorConfig(
        name="shop",
        type="http",
        settings=dict(settings),
        tags=("eu",),
        assertions=(Assertion("status", "in", ["200-299"]),),
    )


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"method": "GET", "headers": {"a": "b"}, "depth": [1, 2.5, None, True]},
        {"token": Secret(TOKEN), "deep": {"list": [{"password": Secret("")}]}},
        {"$sealed": "a user's own word"},
        {"body": {"$sealed": "x"}, "more": {"$plain": {"$sealed": "y"}}, "token": Secret(TOKEN)},
        {"token": Secret("a lone surrogate \ud800 in a secret")},
    ],
    ids=["empty", "no-secret", "secrets", "own-word", "own-words-and-secret", "odd-secret"],
)
def test_a_configuration_comes_back_with_its_secrets(tmp_path: Path, settings: dict[str, object]) -> None:
    vault = Vault(tmp_path)
    raw = vault.dump(config(**settings))
    assert TOKEN.encode() not in raw
    assert Vault(tmp_path).load(raw, MonitorConfig) == config(**settings)


def test_seal_and_unseal_are_a_pair(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    sealed = vault.seal(Secret(TOKEN))
    assert list(sealed) == ["$sealed"]
    assert vault.unseal({"a": [sealed], "b": 1}) == {"a": [Secret(TOKEN)], "b": 1}
    assert vault.seal(Secret(TOKEN)) != sealed


def test_the_key_file_is_private_and_made_only_when_needed(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.dump(ChannelConfig(name="mail", type="email"))
    assert list(tmp_path.iterdir()) == []
    vault.seal(Secret(TOKEN))
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert len((tmp_path / "secret.key").read_bytes()) == 32


def test_another_key_and_a_missing_key_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    raw = Vault(tmp_path / "a").dump(config(token=Secret(TOKEN)))
    with pytest.raises(StoreUnavailable, match="missing"):
        Vault(tmp_path / "b").load(raw, MonitorConfig)
    Vault(tmp_path / "b").seal(Secret("x"))
    with pytest.raises(StoreUnavailable, match="another key"):
        Vault(tmp_path / "b").load(raw, MonitorConfig)
    (tmp_path / "a" / "secret.key").write_bytes(b"short")
    with pytest.raises(StoreUnavailable, match="32 bytes"):
        Vault(tmp_path / "a").load(raw, MonitorConfig)


def test_a_vault_does_not_show_its_key(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.seal(Secret(TOKEN))
    key = (tmp_path / "secret.key").read_bytes()
    assert key.hex() not in repr(vault)
    assert repr(key) not in repr(vars(vault))


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"a": {"b": [1, float("nan")]}}, "settings.a.b[1]"),
        ({"a": float("inf")}, "settings.a"),
        ({"a": "lone \udc80"}, "settings.a"),
        ({"a": "nul \0"}, "settings.a"),
        ({"a": 2**63}, "settings.a"),
        ({"lone \udc80": 1}, "settings"),
    ],
)
def test_what_the_store_would_lose_is_refused_with_its_path(
    tmp_path: Path, settings: dict[str, object], path: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Vault(tmp_path).dump(config(**settings))
    assert refused.value.faults[0].path.startswith(path)


def test_stored_json_is_plain(tmp_path: Path) -> None:
    stored = json.loads(Vault(tmp_path).dump(config(a=1)))
    assert stored["settings"] == {"a": 1}
    assert stored["assertions"][0]["value"] == ["200-299"]
