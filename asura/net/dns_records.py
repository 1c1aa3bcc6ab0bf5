"""Names, types and records of DNS as people write them, and as they compare: case and notation do not matter."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.reversename

MAX_SHOWN = 10
_TEXT_TYPES = (dns.rdatatype.TXT, dns.rdatatype.SPF)


class Record(NamedTuple):
    """One record: how it reads, and what it is compared by."""

    text: str
    key: Hashable


def name_of(text: str, record_type: str) -> dns.name.Name:
    """Return the name to ask for; of an address the name of its PTR record. Raises ValueError in plain words."""
    try:
        if record_type.upper() == "PTR" and not text.rstrip(".").lower().endswith(".arpa"):
            return dns.reversename.from_address(text)
        if not text or any(c.isspace() or c in "/:@" for c in text):
            raise ValueError(text)
        return dns.name.from_text(text)
    except (dns.exception.DNSException, UnicodeError, ValueError):
        what = "an address or a name under arpa" if record_type.upper() == "PTR" else "a name that DNS can be asked for"
        raise ValueError(f"{text[:60]!r} is not {what}") from None


def type_of(text: str) -> dns.rdatatype.RdataType:
    """Return the record type of a word such as `AAAA` or `TYPE65`. Raises ValueError in plain words."""
    try:
        found = dns.rdatatype.from_text(text)
    except (dns.exception.DNSException, ValueError):
        raise ValueError(f"{text[:20]!r} is not a record type; use one like A, AAAA, MX, TXT or TYPE65") from None
    if found in (dns.rdatatype.AXFR, dns.rdatatype.IXFR, dns.rdatatype.OPT, dns.rdatatype.TSIG, dns.rdatatype.NONE):
        raise ValueError(f"{text[:20]!r} is no type of record that can be asked for")
    return found


def rcode_of(text: str) -> dns.rcode.Rcode:
    """Return the response code of a word such as `NXDOMAIN`. Raises ValueError in plain words."""
    try:
        return dns.rcode.from_text(text)
    except (dns.exception.DNSException, ValueError):
        raise ValueError(f"{text[:20]!r} is not a response code; use one like NOERROR, NXDOMAIN or REFUSED") from None


def query_for(name: str, record_type: str, *, edns: bool = True) -> dns.message.Message:
    """Return a question with a fresh identifier that asks for recursion."""
    options = {"use_edns": 0, "payload": 1232} if edns else {}
    return dns.message.make_query(name_of(name, record_type), type_of(record_type), **options)  # type: ignore[arg-type]


def records(message: dns.message.Message, record_type: str) -> tuple[Record, ...]:
    """Return the records of one type in an answer, whatever aliases lead to them; of ANY all."""
    wanted = type_of(record_type)
    return tuple(
        _record(rdata) for rrset in message.answer if wanted in (rrset.rdtype, dns.rdatatype.ANY) for rdata in rrset
    )


def expected_record(text: str, record_type: str) -> Record:
    """Return a record that a person wrote. Raises ValueError in plain words."""
    kind = type_of(record_type)
    if kind in _TEXT_TYPES:
        plain = _unquoted(text)
        return Record(plain, plain)
    if kind == dns.rdatatype.ANY:
        return Record(text, _folded(text))
    try:
        rdata = dns.rdata.from_text(dns.rdataclass.IN, kind, text.strip(), origin=dns.name.root)
    except (dns.exception.DNSException, ValueError, UnicodeError):
        raise ValueError(f"{text[:80]!r} is not what a record of type {record_type.upper()} holds") from None
    return _record(rdata)


def listed(found: Iterable[Record]) -> str:
    """Return records for a sentence: sorted, the first ten."""
    texts = sorted(record.text for record in found)
    more = f" and {len(texts) - MAX_SHOWN} more" if len(texts) > MAX_SHOWN else ""
    return ", ".join(text[:200] for text in texts[:MAX_SHOWN]) + more


def _record(rdata: dns.rdata.Rdata) -> Record:
    if rdata.rdtype in _TEXT_TYPES:
        joined = b"".join(rdata.strings).decode("utf-8", "backslashreplace")  # type: ignore[attr-defined]
        return Record(joined, joined)
    text = " ".join(word.rstrip(".") or "." for word in rdata.to_text().split(" "))
    try:
        return Record(text, rdata.to_digestable(dns.name.root))
    except (dns.exception.DNSException, ValueError):
        return Record(text, _folded(text))


def _unquoted(text: str) -> str:
    stripped = text.strip()
    if len(stripped) > 1 and stripped[0] == stripped[-1] == '"':
        return "".join(stripped[1:-1].split('" "'))
    return stripped


def _folded(text: str) -> str:
    return " ".join(word.rstrip(".") or "." for word in text.casefold().split())
