"""What is said where nothing is to be seen: the same of all of it, as whoever asks reads it best."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from asura.web.status.nothing import Nothing
from tests.web.harness import V1, asura
from tests.web.status.test_visits import a_page, an_incident
from tests.web.status.visitors import seen

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        (BROWSER, "text/html"),
        ("text/html", "text/html"),
        ("TEXT/HTML;q=0.5, */*;q=0.1", "text/html"),
        ("", "text/plain"),
        ("*/*", "text/plain"),
        ("text/html, */*", "text/plain"),
        ("text/html;q=0.5, application/json", "text/plain"),
        ("text/html;q=0", "text/plain"),
        ("image/avif,image/webp,*/*;q=0.8", "text/plain"),
        ("application/json", "text/plain"),
        ("text/plain, text/html;q=0.9", "text/plain"),
        ("text/html;q=x", "text/plain"),
    ],
)
def test_only_who_asks_for_html_by_its_name_gets_a_page(accepted: str, kind: str) -> None:
    answer = Nothing().to(Headers({"accept": accepted}))
    assert (answer.status_code, answer.media_type) == (404, kind)
    assert answer.headers["vary"] == "Accept, Accept-Language"


@pytest.mark.parametrize(
    ("wanted", "language", "said"),
    [
        ("", "en", "There is no page here."),
        ("de-AT", "de", "Hier gibt es keine Seite."),
        ("zh", "zh-Hans", "这里没有页面。"),
    ],
)
def test_the_page_speaks_the_language_of_its_reader_and_loads_nothing(wanted: str, language: str, said: str) -> None:
    answer = Nothing().to(Headers({"accept": BROWSER, "accept-language": wanted}))
    text = bytes(answer.body).decode()
    assert f'<html lang="{language}">' in text
    assert f"<h1>{said}</h1>" in text
    assert not re.search(r"(src|href|url)\s*[=(]", text)
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy


async def test_hidden_and_missing_are_the_same_to_a_browser_too(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        page = await a_page(client, visibility="signed_in")
        post = await an_incident(client, page)
        below = ("", "/history", f"/incidents/{post['id']}", "/embed", "/theme.css", "/history.rss", "/nowhere")
        async with site.client(None) as visitor:
            visitor.headers["Accept"] = BROWSER
            answers = [await visitor.get(f"/status/{slug}{path}") for slug in ("shop", "other") for path in below]
            answers.append(await visitor.get(f"{V1}/status/shop"))
    assert {answer.status_code for answer in answers} == {404}
    assert "There is no page here." in answers[0].text
    assert all(seen(answer) == seen(answers[0]) for answer in answers)
