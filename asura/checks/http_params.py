"""The settings of an HTTP check, and the request that they describe."""

import base64
import re
import weakref
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec

from asura.domain.fields import FAMILIES, Secret, field
from asura.errors import Fault, Invalid
from asura.net.guard import literal, refusal
from asura.net.http_request import DEFAULT_MAX_BODY, Headers, HttpRequest, Proxy
from asura.net.tls import TlsSettings, unusable
from asura.net.url import parse_url

MAX_BODY = 10 * 1024 * 1024
MAX_HEADERS = 100
METHODS = {one: one for one in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}
AUTHS = {"basic": "User name and password", "bearer": "Token"}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_YOURS = frozenset({"content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"})
_CONTENT_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}


class BasicAuth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="basic"):
    """User name and password."""

    username: Annotated[str, field("User name")] = ""
    password: Annotated[Secret | None, field("Password")] = None


class BearerAuth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type", tag="bearer"):
    """A token."""

    token: Annotated[Secret | None, field("Token", "Sent as Authorization: Bearer …")] = None


class HttpParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, weakref=True):
    """The settings of an HTTP check."""

    method: Annotated[
        Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        field("Method", "How the target is asked.", labels=METHODS),
    ] = "GET"
    body_type: Annotated[
        Literal["raw", "json", "form"],
        field(
            "Body type",
            "raw sends it as it is; json and form also name its type.",
            labels={"raw": "As it is", "json": "JSON", "form": "Form"},
        ),
    ] = "raw"
    body: Annotated[
        str | dict[str, Any] | list[Any],
        field("Body", "What is sent, in the form named by its type.", multiline=True, control="body"),
    ] = ""
    headers: Annotated[
        dict[str, str], field("Headers", "Sent with the request; Host and User-Agent replace the usual ones.")
    ] = {}
    secret_headers: Annotated[
        dict[str, Secret],
        field("Secret headers", "Headers whose values are never shown again.", advanced=True),
    ] = {}
    auth: Annotated[
        BasicAuth | BearerAuth | None,
        field("Authentication", "User name and password (basic), or a token (bearer).", labels=AUTHS),
    ] = None
    follow_redirects: Annotated[bool, field("Follow redirects", "Judge where the redirects lead to.")] = True
    max_redirects: Annotated[
        int, field("Most redirects", "More than that is a failure.", advanced=True, ge=0, le=50)
    ] = 10
    verify: Annotated[bool, field("Verify certificate", "Refuse certificates that cannot be trusted.")] = True
    certificate_warning_days: Annotated[
        float,
        field("Warn of certificate expiry", "Degraded when fewer days are left; 0: never.", unit="days", ge=0, le=3650),
    ] = 14
    ca_pem: Annotated[str, field("Own CA", "Certificates (PEM) to trust as well.", multiline=True, advanced=True)] = ""
    client_cert_pem: Annotated[
        str, field("Client certificate", "PEM, with its chain if there is one.", multiline=True, advanced=True)
    ] = ""
    client_key_pem: Annotated[
        Secret | None, field("Client key", "PEM, without a password.", multiline=True, advanced=True)
    ] = None
    min_tls_version: Annotated[
        Literal["", "1.0", "1.1", "1.2", "1.3"],
        field("Oldest TLS version", "Empty accepts 1.2 and newer.", advanced=True, labels={"": "1.2, the usual"}),
    ] = ""
    server_name: Annotated[
        str, field("Server name", "Name to ask for and verify in TLS; empty takes the target's host.", advanced=True)
    ] = ""
    proxy: Annotated[
        str, field("Proxy", "An HTTP proxy to go through.", placeholder="http://proxy.example:3128", advanced=True)
    ] = ""
    proxy_username: Annotated[str, field("Proxy user name", advanced=True)] = ""
    proxy_password: Annotated[Secret | None, field("Proxy password", advanced=True)] = None
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "Which kind of address is dialled.", advanced=True, labels=FAMILIES),
    ] = "any"
    max_body: Annotated[
        int,
        field(
            "Body limit", "How much of the body is read, unpacked.", unit="bytes", advanced=True, ge=1024, le=MAX_BODY
        ),
    ] = DEFAULT_MAX_BODY
    accept_longer_bodies: Annotated[
        bool,
        field("Accept longer bodies", "Judge the beginning of a body that is longer than the limit.", advanced=True),
    ] = False


_prepared: dict[int, tuple["weakref.ref[HttpParams]", str, HttpRequest]] = {}


def prepared(target: str, params: HttpParams) -> HttpRequest:
    """Return the request of a check, made once for as long as its parameters live."""
    key = id(params)
    known = _prepared.get(key)
    if known is not None and known[0]() is params and known[1] == target:
        return known[2]
    request = built(target, params)
    _prepared[key] = (weakref.ref(params, lambda _: _prepared.pop(key, None)), target, request)
    return request


def built(target: str, params: HttpParams) -> HttpRequest:
    """Return the request that target and settings describe; raises Invalid naming what cannot be."""
    _check_headers(params)
    return HttpRequest(
        url=_allowed(target, "target"),
        method=params.method,
        headers=_headers(params),
        private=frozenset(name.lower() for name in params.secret_headers),
        body=_body(params),
        family=params.family,
        tls=_tls(params),
        server_name=params.server_name,
        max_redirects=params.max_redirects if params.follow_redirects else None,
        proxy=_proxy(params),
        max_body=params.max_body,
    )


def check_tls(params: HttpParams) -> None:
    """Raise Invalid where certificates or keys in the settings cannot be used."""
    if params.client_key_pem and not params.client_cert_pem:
        raise Invalid(Fault("settings.client_cert_pem", "is missing: a key is of no use without its certificate"))
    fault = unusable(_tls(params))
    if fault is not None:
        raise Invalid(Fault(f"settings.{fault[0]}", fault[1]))


def _allowed(text: str, path: str) -> Any:
    url = parse_url(text, path)
    address = literal(url.host)
    kind = None if address is None else refusal(address, private_ok=True)
    if kind is not None:
        raise Invalid(Fault(path, f"{url.host} is {kind}: asura does not connect there"))
    return url


def _check_headers(params: HttpParams) -> None:
    named = [(name, value, "headers") for name, value in params.headers.items()]
    named += [(name, value.reveal(), "secret_headers") for name, value in params.secret_headers.items()]
    seen: set[str] = set()
    for name, value, where in named:
        why = _header_fault(name, value, seen, params)
        if why:
            raise Invalid(Fault(f"settings.{where}.{name[:60]}", why))
        seen.add(name.lower())
    if len(named) > MAX_HEADERS:
        raise Invalid(Fault("settings.headers", f"must be at most {MAX_HEADERS}"))


def _header_fault(name: str, value: str, seen: set[str], params: HttpParams) -> str:
    if not _TOKEN.fullmatch(name):
        return "is not a name that a header can have"
    if _CONTROL.search(value):
        return "has a value with control characters (a line break?), which no header can hold"
    if name.lower() in _NOT_YOURS:
        return "is set by asura itself"
    if name.lower() in seen:
        return "is there twice"
    if name.lower() == "authorization" and params.auth is not None:
        return "is also made by the authentication settings: keep one of the two"
    return ""


def _headers(params: HttpParams) -> Headers:
    headers = [*params.headers.items(), *((name, value.reveal()) for name, value in params.secret_headers.items())]
    names = {name.lower() for name, _ in headers}
    content_type = _CONTENT_TYPES.get(params.body_type)
    if content_type and params.body and "content-type" not in names:
        headers.append(("Content-Type", content_type))
    authorization = _authorization(params.auth)
    if authorization:
        headers.append(("Authorization", authorization))
    return tuple(headers)


def _authorization(auth: BasicAuth | BearerAuth | None) -> str:
    if auth is None:
        return ""
    if isinstance(auth, BearerAuth):
        token = auth.token.reveal() if auth.token else ""
        if not token or _CONTROL.search(token):
            raise Invalid(Fault("settings.auth.token", "must be a token without line breaks"))
        return f"Bearer {token}"
    if ":" in auth.username:
        raise Invalid(Fault("settings.auth.username", "must not hold a colon"))
    return basic(auth.username, auth.password)


def basic(username: str, password: Secret | None) -> str:
    """Return the value of an Authorization header for user name and password."""
    pair = f"{username}:{password.reveal() if password else ''}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _body(params: HttpParams) -> bytes:
    body = params.body
    if params.body_type == "form" and isinstance(body, dict):
        return urlencode(body, doseq=True).encode()
    if not isinstance(body, str):
        if params.body_type != "json":
            raise Invalid(Fault("settings.body", f"must be text where the body type is {params.body_type}"))
        return msgspec.json.encode(body)
    if params.body_type == "json" and body:
        try:
            msgspec.json.decode(body)
        except msgspec.DecodeError as error:
            raise Invalid(Fault("settings.body", f"is not JSON: {error}")) from None
    return body.encode("utf-8", "replace")


def _tls(params: HttpParams) -> TlsSettings:
    return TlsSettings(
        verify=params.verify,
        ca_pem=params.ca_pem.strip(),
        client_cert_pem=params.client_cert_pem.strip(),
        client_key_pem=params.client_key_pem,
        alpn=("http/1.1",),
        min_version=params.min_tls_version,
    )


def _proxy(params: HttpParams) -> Proxy | None:
    if not params.proxy:
        if params.proxy_username or params.proxy_password:
            raise Invalid(Fault("settings.proxy", "is missing: user name and password of the proxy need one"))
        return None
    url = _allowed(params.proxy, "settings.proxy")
    if url.scheme != "http" or url.target != "/":
        raise Invalid(Fault("settings.proxy", "must be like http://proxy.example:3128, without a path"))
    given = params.proxy_username or params.proxy_password
    authorization = Secret(basic(params.proxy_username, params.proxy_password)) if given else None
    return Proxy(host=url.host, port=url.port, authorization=authorization)
