"""From the form to the mail that arrives, and out again with one click: the real server, a real mail server."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from asura.engine.bulletin import Bulletin
from asura.engine.options import MainPage, SubscriptionOptions
from tests.channels.mail_server import Mailbox
from tests.channels.services import Reply, provider
from tests.web.harness import V1, asura, eventually
from tests.web.status.subscribing import WHO, html_of, made, path_of, post, text_of, token_in


async def test_the_whole_way_from_the_form_to_the_mail_and_out_again_with_one_click(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        page = await p.client.get(f"{p.root}/subscribe")
        assert page.status_code == 200
        assert 'name="address"' in page.text

        asked = await p.subscribe()
        assert asked.status_code == 202
        assert "If this address can be subscribed to Acme, an e-mail is on its way" in asked.text
        letter = await p.mail(1)
        assert (letter["To"], letter["Subject"]) == (WHO, "Please confirm: news of Acme")
        token = token_in(letter, "confirm")
        # Who has not confirmed gets nothing else, and what follows links confirms nothing.
        await p.say("Too early")
        looked = await p.client.get(f"{p.root}/confirm?token={token}")
        assert looked.status_code == 200
        assert '<form method="post"' in looked.text
        await p.say("Still too early")
        await p.settled()
        assert (await p.client.post(f"{p.root}/confirm?token={token}")).status_code == 200

        said = await p.say("The shop is down", text="We **look** into it.")
        mail = await p.mail(2)
        assert mail["Subject"] == "[Acme] The shop is down: Investigating"
        assert mail["To"] == WHO
        assert "We look into it." in text_of(mail)
        assert "<strong>look</strong>" in html_of(mail)
        assert "Affects: Shop" in text_of(mail)
        assert f"{p.root}/incidents/{said['id']}" in text_of(mail)

        left = await p.client.post(
            path_of(mail["List-Unsubscribe"]), data={"List-Unsubscribe": "One-Click"}, follow_redirects=False
        )
        assert left.status_code == 200
        await p.say("Nobody hears of this")
        await p.settled()
        assert len(p.box.mails) == 2
        assert await p.site.engine.subscribers.counts(p.page.id) == []


async def test_mails_have_the_headers_that_mailboxes_thread_filter_and_unsubscribe_by(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        token = await p.subscribed()
        said = await p.say()
        first = await p.mail(2)
        async with p.site.client("editor") as editor:
            body = {"status": "resolved", "text": "It works again.", "components": []}
            await editor.post(f"{V1}/status-pages/{p.page.id}/incidents/{said['id']}/updates", json=body)
        second = await p.mail(3)
    for mail in (first, second):
        assert mail["List-Unsubscribe"] == f"<http://127.0.0.1:8090{p.root}/unsubscribe?token={token}>"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["Precedence"] == "bulk"
        assert mail["From"] == "Acme <news@asura.example>"
        assert token_in(mail, "manage") == token_in(mail, "unsubscribe") == token
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"]
    assert second["Subject"] == "[Acme] The shop is down: Resolved"


async def test_one_click_works_as_a_form_of_parts_too_and_for_a_page_with_a_password(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        token = await p.subscribed()
        engine = p.site.engine
        config = replace(p.page.config, visibility="password")
        await engine.pages.replace(p.page.id, config, password="a quiet afternoon")
        assert (await p.client.get(f"{p.root}/subscribe")).status_code == 401
        parts = {"List-Unsubscribe": (None, "One-Click")}
        left = await p.client.post(f"{p.root}/unsubscribe?token={token}", files=parts)
        assert left.status_code == 200
        # The link is used up, and who may not see the page learns nothing of it.
        again = await p.client.post(f"{p.root}/unsubscribe?token={token}", files=parts)
        assert (again.status_code, again.text) == (404, "not found")


async def test_a_link_that_is_nobodys_says_so_kindly(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        for name in ("confirm", "unsubscribe", "manage"):
            for answer in (
                await p.client.get(f"{p.root}/{name}?token=nobody"),
                await p.client.post(f"{p.root}/{name}?token=nobody"),
                await p.client.get(f"{p.root}/{name}"),
            ):
                assert answer.status_code == 404
                assert "This link does not work any more" in answer.text
        missing = await p.client.get("/status/nowhere/confirm?token=nobody")
        assert (missing.status_code, missing.text) == (404, "not found")


async def test_a_token_of_one_page_is_nobodys_at_another(tmp_path: Path) -> None:
    from tests.web.status.subscribing import made

    async with post(tmp_path) as p:
        token = await p.subscribed()
        await made(p.site, "other", title="Other")
        assert (await p.client.post(f"/status/other/unsubscribe?token={token}")).status_code == 404
        assert (await p.client.get(f"{p.root}/manage?token={token}")).status_code == 200


async def test_who_chose_components_hears_of_these_and_of_the_whole_page(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        token = await p.subscribed(components=str(p.search))
        await p.say("Shop", about=[p.shop])
        await p.say("Search", about=[p.search])
        await p.say("Everything", about=[])
        await p.settled()
        assert [mail["Subject"] for mail in p.box.mails[1:]] == [
            "[Acme] Search: Investigating",
            "[Acme] Everything: Investigating",
        ]
        form = await p.client.get(f"{p.root}/manage?token={token}")
        assert f'value="{p.search}" checked' in form.text
        assert f'value="{p.shop}" checked' not in form.text
        assert f'href="{p.root}/unsubscribe?token={token}"' in form.text
        chosen = await p.client.post(f"{p.root}/manage?token={token}", data={"components": str(p.shop)})
        assert chosen.status_code == 200
        await p.say("Search again", about=[p.search])
        await p.say("Shop again", about=[p.shop])
        await p.settled()
        assert [mail["Subject"] for mail in p.box.mails[3:]] == ["[Acme] Shop again: Investigating"]
        await p.client.post(f"{p.root}/manage?token={token}", data={"components": [str(p.shop), str(p.search)]})
        (found,) = await p.site.engine.subscribers.of_page(p.page.id)
        assert found.components == ()


async def test_a_german_page_speaks_german_in_forms_mails_and_answers(tmp_path: Path) -> None:
    async with post(tmp_path, title="Kaufhaus", language="de", timezone="Europe/Berlin") as p:
        form = await p.client.get(f"{p.root}/subscribe")
        assert '<html lang="de"' in form.text
        assert "Meldungen abonnieren" in form.text
        wrong = await p.subscribe("keine Adresse")
        assert wrong.status_code == 422
        assert "Das ist keine E-Mail-Adresse." in wrong.text
        asked = await p.subscribe()
        assert "Sehen Sie in Ihr Postfach" in asked.text
        letter = await p.mail(1)
        assert letter["Subject"] == "Bitte bestätigen: Meldungen von Kaufhaus"
        assert letter["Content-Language"] == "de"
        token = token_in(letter, "confirm")
        confirmed = await p.client.post(f"{p.root}/confirm?token={token}")
        assert "Sie haben abonniert" in confirmed.text
        await p.say("Der Laden ist zu", text="Wir sehen nach.")
        mail = await p.mail(2)
        assert mail["Subject"] == "[Kaufhaus] Der Laden ist zu: Wird untersucht"
        assert "Betrifft: Shop" in text_of(mail)
        assert "(Europe/Berlin)" in text_of(mail)
        left = await p.client.post(f"{p.root}/unsubscribe?token={token}")
        assert "Sie haben abbestellt" in left.text


async def test_the_language_of_a_page_without_one_is_that_of_the_browser(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        p.client.headers["Accept-Language"] = "zh-CN,zh;q=0.9"
        assert (await p.subscribe()).status_code == 202
        letter = await p.mail(1)
        assert letter["Subject"] == "请确认：订阅 Acme 的消息"
        # And it stays, whoever opens the link.
        del p.client.headers["Accept-Language"]
        page = await p.client.get(f"{p.root}/confirm?token={token_in(letter, 'confirm')}")
        assert "确认订阅" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "no address",
        "a@b@c",
        "a@",
        "@b",
        "a@b..c",
        "a b@c.example",
        "a@b.example\r\nBcc: x@y",
        '"a"@b',
        "a@[127.0.0.1]",
    ],
)
async def test_what_is_no_address_is_refused_in_the_form_which_keeps_what_was_typed(
    tmp_path: Path, address: str
) -> None:
    async with post(tmp_path) as p:
        answer = await p.subscribe(address)
        assert answer.status_code == 422
        assert "This is not an e-mail address." in answer.text
        assert await p.site.engine.subscribers.of_page(p.page.id) == []


async def test_what_fills_in_every_field_is_answered_like_people_and_subscribes_nobody(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        honest, robot = await p.subscribe("one@example.org"), await p.subscribe("two@example.org", website="x")
        assert (robot.status_code, robot.text) == (honest.status_code, honest.text)
        assert len(await p.site.engine.subscribers.of_page(p.page.id)) == 1


async def test_the_page_of_the_configuration_and_its_api_take_subscribers(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        engine = p.site.engine
        main = await engine.pages.keep_main(MainPage(config=p.page.config, shown=True))
        assert (await p.client.get("/status/subscribe")).status_code == 200
        asked = await p.client.post(f"{V1}/status-pages/status/subscribe", json={"address": WHO})
        assert asked.status_code == 202
        token = token_in(await p.mail(1), "confirm")
        led = await p.client.get(f"{V1}/status-pages/status/confirm?token={token}", follow_redirects=False)
        assert (led.status_code, led.headers["location"]) == (303, f"/status/confirm?token={token}")
        assert (await p.client.post(f"/status/confirm?token={token}")).status_code == 200
        bulletin = Bulletin(
            page_id=main.id, event="notice", subject_id=1, key="k", thread="t", at=engine.clock.now(), title="Hello",
            status="monitoring", text="There.",
        )  # fmt: skip
        assert await p.fan_out(bulletin) == 1
        mail = await p.mail(2)
        assert mail["Subject"] == "[Acme] Hello: Notice"
        assert "http://127.0.0.1:8090/status/incidents/1" in text_of(mail)


async def test_headers_hold_addresses_whole_however_long_they_are(tmp_path: Path) -> None:
    """Folded, a long address would be encoded, and no mailbox could post to it."""
    host = f"{'a-very-long-name.' * 6}acme.example"
    async with post(tmp_path, hosts=(host,)) as p:
        token = await p.subscribed()
        await p.say()
        await p.mail(2)
        raw = p.box.envelopes[1].content.decode()
    assert f"\r\nList-Unsubscribe: <https://{host}/unsubscribe?token={token}>\r\n" in raw
    assert f"\r\nList-Id: <acme.{host}>\r\n" in raw
    assert "\r\nReferences: <thread-" in raw
    assert "\r\nMessage-ID: <" in raw


async def test_links_of_a_page_with_a_name_of_its_own_lead_there(tmp_path: Path) -> None:
    async with post(tmp_path, hosts=("status.acme.example",)) as p:
        assert (await p.subscribe()).status_code == 202
        letter = await p.mail(1)
        token = token_in(letter, "confirm")
        assert f"https://status.acme.example/confirm?token={token}" in text_of(letter)
        here = {"Host": "status.acme.example"}
        page = await p.client.get(f"/confirm?token={token}", headers=here)
        assert f'action="/confirm?token={token}"' in page.text
        assert (await p.client.post(f"/confirm?token={token}", headers=here)).status_code == 200


async def test_a_mail_server_that_is_away_loses_nothing(tmp_path: Path) -> None:
    box = Mailbox(answers={"MAIL": "421 4.3.2 not now"})
    async with post(tmp_path, box=box) as p:
        assert (await p.subscribe()).status_code == 202
        telling = p.site.engine.telling_subscribers
        await eventually(lambda: telling.failed >= 1)
        box.answers.clear()
        telling._mails_from, telling._troubles = None, 0
        await p.site.engine.store.write(
            lambda db: (
                db.execute("UPDATE notifications SET next_attempt_at = 0 WHERE subscriber_id IS NOT NULL").rowcount
            )
        )
        telling.wake.set()
        assert (await p.mail(1))["To"] == WHO


async def test_a_page_that_takes_no_subscribers_offers_nothing(tmp_path: Path) -> None:
    for enabled in (True, False):
        folder = tmp_path / str(enabled)
        folder.mkdir()
        async with asura(folder, subscriptions=SubscriptionOptions(enabled=enabled)) as site:
            await made(site)
            async with site.client(None) as visitor:
                assert ("/status/acme/subscribe" in (await visitor.get("/status/acme")).text) is enabled


async def test_what_operators_may_reach_is_not_for_strangers(tmp_path: Path) -> None:
    async with asura(tmp_path, subscriptions=SubscriptionOptions(private=())) as site, provider(Reply(200)) as inside:
        await made(site)
        async with site.client(None) as stranger:
            wish = {"kind": "webhook", "address": f"{inside.url}/in", "components": []}
            refused = await stranger.post(f"{V1}/status-pages/acme/subscribe", json=wish)
        assert refused.status_code == 422
        assert inside.received == []
