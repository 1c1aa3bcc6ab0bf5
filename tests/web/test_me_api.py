"""What people do about themselves: profile, password, second factor; and what must be done before anything else."""

import re
from pathlib import Path
from typing import Any

import pytest

from asura.domain import totp
from asura.domain.throttle import Rule
from asura.engine.options import AccountOptions
from asura.web.qr import qr_code
from tests.engine.people import CHEAP
from tests.web.harness import PASSWORD, V1, Asura, asura, paths_of

OTHER = "a loud afternoon"
FREE = AccountOptions(password_cost=CHEAP, login=Rule(rate=0))
NAME = "viewer of a session"


def now_code(site: Asura, secret: str, *, steps: int = 0) -> str:
    """Return the code that an app shows now, or some steps away."""
    step = totp.step_of(site.engine.clock.now().timestamp())
    return totp.code_at(totp.decoded(secret), step + steps)


async def test_a_profile_is_kept(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as client:
        profile = {"email": "v@v.example", "zone": "Europe/Berlin", "theme": "dark", "language": "pt-BR"}
        answer = await client.patch(f"{V1}/me", json=profile)
        assert (answer.status_code, answer.json()["profile"]) == (200, profile)
        await client.patch(f"{V1}/me", json={"zone": ""})
        me = (await client.get(f"{V1}/me")).json()
        assert me["profile"] == profile | {"zone": ""}
        assert site.engine.users.get(me["user_id"]).email == "v@v.example"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": None}, "zone"),
        ({"theme": "pink"}, "theme"),
        ({"language": "klingon"}, "language"),
        ({"language": "en_US"}, "language"),
        ({"language": "x" * 36}, "language"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.example\n"}, None),
        ({"role": "admin"}, "role"),
        ({"name": "root"}, "name"),
        ({"tags": []}, "tags"),
        ({"password": OTHER}, "password"),
        ({"totp": False}, "totp"),
        ({"user_id": 1}, "user_id"),
    ],
)
async def test_a_profile_holds_nothing_else(tmp_path: Path, change: dict[str, Any], wrong: str | None) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as client:
        before = site.engine.users.all()
        answer = await client.patch(f"{V1}/me", json=change)
        if wrong is None:
            assert answer.status_code == 200
            return
        assert (answer.status_code, paths_of(answer)) == (422, {wrong})
        assert [one.role for one in site.engine.users.all()] == [one.role for one in before]
        assert (await client.get(f"{V1}/me")).json()["role"] == "viewer"


async def test_a_new_password_ends_every_other_session_and_turns_the_cookie(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as here, site.session("viewer") as there:
        old = here.cookies["asura_session"]
        body = {"current": PASSWORD, "password": OTHER}
        answer = await here.post(f"{V1}/me/password", json=body)
        assert answer.status_code == 204
        assert here.cookies["asura_session"] != old
        assert (await here.get(f"{V1}/me")).status_code == 200
        assert (await there.get(f"{V1}/me")).status_code == 401
        async with site.client(None) as thief:
            assert (await thief.get(f"{V1}/me", headers={"Cookie": f"asura_session={old}"})).status_code == 401
            for password, status in ((PASSWORD, 401), (OTHER, 200)):
                said = await thief.post(f"{V1}/login", json={"username": NAME, "password": password})
                assert said.status_code == status


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"current": OTHER, "password": "a third afternoon"}, "current"),
        ({"current": PASSWORD, "password": PASSWORD}, "password"),
        ({"current": PASSWORD, "password": "short"}, "password"),
        ({"current": PASSWORD, "password": "Password123!"}, "password"),
        ({"current": PASSWORD, "password": f"{NAME}1"}, "password"),
        ({"password": OTHER}, "current"),
        ({"current": PASSWORD}, "password"),
    ],
)
async def test_a_wrong_change_of_the_password_ends_nothing(tmp_path: Path, body: dict[str, str], wrong: str) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as here, site.session("viewer") as there:
        answer = await here.post(f"{V1}/me/password", json=body)
        assert (answer.status_code, paths_of(answer)) == (422, {wrong})
        assert "set-cookie" not in answer.headers
        assert (await there.get(f"{V1}/me")).status_code == 200


async def test_a_second_factor_is_enrolled_used_and_removed(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, accounts=FREE) as site,
        site.session("viewer") as client,
        site.session("viewer") as other,
    ):
        wrong = await client.post(f"{V1}/me/totp", json={"password": OTHER})
        assert (wrong.status_code, paths_of(wrong)) == (422, {"password"})
        offer = (await client.post(f"{V1}/me/totp", json={"password": PASSWORD})).json()
        assert offer["uri"].startswith("otpauth://totp/asura:viewer%20of%20a%20session?secret=" + offer["secret"])
        assert (await client.get(f"{V1}/me")).json()["totp"] is False
        bad = await client.post(f"{V1}/me/totp/confirm", json={"code": "abc"})
        assert (bad.status_code, paths_of(bad)) == (422, {"code"})
        old = client.cookies["asura_session"]
        done = await client.post(f"{V1}/me/totp/confirm", json={"code": now_code(site, offer["secret"])})
        assert (done.status_code, len(done.json()["recovery_codes"])) == (200, 10)
        assert client.cookies["asura_session"] != old
        assert (await other.get(f"{V1}/me")).status_code == 401
        me = (await client.get(f"{V1}/me")).json()
        assert (me["totp"], me["recovery_codes_left"]) == (True, 10)
        assert offer["secret"] not in (await client.get(f"{V1}/me")).text
        again = await client.post(f"{V1}/me/totp", json={"password": PASSWORD})
        assert again.status_code == 409
        renewed = await client.post(f"{V1}/me/recovery-codes", json={"password": PASSWORD})
        assert not set(renewed.json()["recovery_codes"]) & set(done.json()["recovery_codes"])
        async with site.client(None) as door:
            body = {"username": NAME, "password": PASSWORD, "totp": now_code(site, offer["secret"], steps=1)}
            assert (await door.post(f"{V1}/login", json=body)).status_code == 200
        removed = await client.post(f"{V1}/me/totp/remove", json={"password": PASSWORD})
        assert removed.status_code == 204
        assert (await client.get(f"{V1}/me")).json()["totp"] is False
        assert (await client.post(f"{V1}/me/totp/remove", json={"password": PASSWORD})).status_code == 409
        assert (await client.post(f"{V1}/me/recovery-codes", json={"password": PASSWORD})).status_code == 409


async def test_who_must_enrol_may_do_nothing_else_until_then(tmp_path: Path) -> None:
    wanted = AccountOptions(password_cost=CHEAP, totp_required=True)
    async with asura(tmp_path, accounts=wanted) as site, site.session("admin") as client, site.client() as key:
        assert (await client.get(f"{V1}/me")).json()["must"] == ["totp"]
        for method, path in (("GET", "monitors"), ("GET", "users"), ("POST", "monitors"), ("GET", "sessions")):
            assert (await client.request(method, f"{V1}/{path}")).status_code == 403
        assert (await client.get(f"{V1}/events")).status_code == 403
        assert (await key.get(f"{V1}/monitors")).status_code == 200, "a key has no second factor"
        offer = (await client.post(f"{V1}/me/totp", json={"password": PASSWORD})).json()
        await client.post(f"{V1}/me/totp/confirm", json={"code": now_code(site, offer["secret"])})
        assert (await client.get(f"{V1}/me")).json()["must"] == []
        assert (await client.get(f"{V1}/monitors")).status_code == 200


async def test_a_key_has_no_account(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("admin") as client:
        calls = [
            ("PATCH", "me"),
            ("POST", "me/password"),
            ("POST", "me/totp"),
            ("POST", "logout"),
            ("DELETE", "sessions"),
        ]
        for method, path in calls:
            assert (await client.request(method, f"{V1}/{path}", json={})).status_code == 403


def test_a_qr_code_is_the_path_of_its_dark_modules() -> None:
    import segno

    text = "otpauth://totp/asura:ann?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=asura"
    found = qr_code(text)
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
    drawn = [bytearray(found.size) for _ in range(found.size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", found.path):
        drawn[int(y)][int(x) : int(x) + int(width)] = b"\1" * int(width)
    assert [bytes(row) for row in drawn] == rows
    assert len(found.path) < 12_000
