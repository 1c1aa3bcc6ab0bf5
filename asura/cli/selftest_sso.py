"""The part of the self-test that touches signing in by a provider, and the letters that invite."""

from datetime import UTC, datetime


def single_sign_on() -> str:
    """Sign an ID token and believe it, and load the rest; raises RuntimeError where a wrong one is believed too."""
    from joserfc import jwk, jwt

    from asura.web.id_token import BadToken, Expected, believed
    from asura.web.oidc import Provider

    now = datetime.now(UTC)
    at = int(now.timestamp())
    key = jwk.generate_key("EC", "P-256", {"kid": "one"})
    claims = {"iss": "https://id.test", "aud": "asura", "sub": "7", "iat": at, "exp": at + 60, "nonce": "n"}
    token = jwt.encode({"alg": "ES256", "kid": "one"}, claims, key)
    keys, expected = [key.as_dict(private=False)], Expected(issuer="https://id.test", client_id="asura", nonce="n")
    if believed(token, keys, expected, now)["sub"] != "7":
        raise RuntimeError("the token is of somebody else")
    try:
        believed(token[:-8] + "AAAAAAAA", keys, expected, now)
    except BadToken:
        return f"{Provider.__name__.lower()}, ES256"
    raise RuntimeError("a token with a wrong signature is believed")


def letters() -> str:
    """Write a letter with a link."""
    from asura.channels.letters import Letter
    from asura.channels.mail import compose_letter

    letter = Letter(
        key="k", at=datetime.now(UTC), badge="b", title="t", paragraphs=("p",), action="a", url="https://x.test/#y"
    )
    html = compose_letter(letter, sender="a@x.test", to="b@x.test").get_body(("html",))
    if html is None or "https://x.test/#y" not in html.get_content():
        raise RuntimeError("a letter has no link")
    return "text and HTML"
