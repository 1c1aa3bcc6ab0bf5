"""Killed at any moment: the first admin is made once or not at all, and what ended stays ended."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from tests.process import SURROUNDINGS, Asura, asura

pytestmark = pytest.mark.faults

PASSWORD, OTHER = "a quiet afternoon", "a loud afternoon"
OURS = {"Sec-Fetch-Site": "same-origin"}
ANN = {"username": "ann", "password": PASSWORD}


def token_in(program: Asura) -> str:
    return (program.data / "setup-link").read_text().strip().partition("#")[2]


def browser(program: Asura) -> httpx2.AsyncClient:
    """Return a client with cookies and without a key."""
    return httpx2.AsyncClient(base_url=str(program.http.base_url), headers=OURS, timeout=20)


@pytest.mark.parametrize("after_ms", [0, 5, 50, 150, 250, 400])
async def test_killed_while_it_is_set_up_it_is_set_up_once_or_the_link_still_works(
    tmp_path: Path, after_ms: int
) -> None:
    async with asura(tmp_path, base=SURROUNDINGS) as program:
        token = token_in(program)
        async with browser(program) as client:
            setting_up = asyncio.ensure_future(client.post("/setup", json={"token": token, **ANN}))
            await asyncio.sleep(after_ms / 1000)
            await program.kill()
            (answer,) = await asyncio.gather(setting_up, return_exceptions=True)
        await program.start()
        async with browser(program) as client:
            needed = (await client.get("/setup")).json()["needed"]
            assert (program.data / "setup-link").exists() == needed
            if isinstance(answer, httpx2.Response) and answer.status_code == 201:
                assert not needed, "what was acknowledged is on disk"
            if needed:
                assert token_in(program) == token
                assert (await client.post("/setup", json={"token": token, **ANN})).status_code == 201
            assert (await client.post("/login", json=ANN)).status_code == 200
            assert (await client.post("/setup", json={"token": token, **ANN})).status_code == 409
        assert token not in program.log.read_text()


async def test_what_ended_stays_ended_and_what_was_said_holds(tmp_path: Path) -> None:
    async with asura(tmp_path, base=SURROUNDINGS) as program:
        async with browser(program) as here, browser(program) as there, browser(program) as gone:
            assert (await here.post("/setup", json={"token": token_in(program), **ANN})).status_code == 201
            for one in (there, gone):
                assert (await one.post("/login", json=ANN)).status_code == 200
            left = gone.cookies["asura_session"]
            assert (await gone.post("/logout")).status_code == 204
            await program.kill()
            await program.start()
            found = [(await one.get("/me")).status_code for one in (here, there)]
            assert found == [200, 200], "sessions live on"
            assert (await gone.get("/me", headers={"Cookie": f"asura_session={left}"})).status_code == 401
            changed = await here.post("/me/password", json={"current": PASSWORD, "password": OTHER})
            assert changed.status_code == 204
            await program.kill()
            await program.start()
            found = [(await one.get("/me")).status_code for one in (here, there)]
            assert found == [200, 401]
            assert (await gone.post("/login", json=ANN)).status_code == 401
            assert (await gone.post("/login", json=ANN | {"password": OTHER})).status_code == 200
        for secret in (PASSWORD, OTHER, left):
            assert secret not in program.log.read_text()
            assert secret.encode() not in (program.data / "asura.db").read_bytes()
