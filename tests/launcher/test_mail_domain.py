"""The doctor asks a real DNS server what a domain says of itself, and gives plain advice."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import dns.asyncresolver
import dns.message
import dns.rcode
import dns.rrset
import pytest

from server.cli import mail_domain

pytestmark = pytest.mark.anyio
Zone = Mapping[tuple[str, str], tuple[str, ...]]
WELL: Zone = {
    ("example.org", "TXT"): ('"verify=1"', '"v=spf1 include:_spf.mail.example " "-all"'),
    ("_dmarc.example.org", "TXT"): ('"v=DMARC1; p=quarantine"',),
    ("s1._domainkey.example.org", "TXT"): ('"v=DKIM1; k=rsa; p=MIIB"',),
    ("example.org", "MX"): ("10 mx.example.org.",),
    ("mail.example.org", "A"): ("203.0.113.9",),
    ("9.113.0.203.in-addr.arpa", "PTR"): ("mail.example.org.",),
}


class Server(asyncio.DatagramProtocol):
    """Answers from a zone."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        [question] = asked.question
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        found = self._zone.get((name, kind), ())
        if found:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        elif not any(known == name for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), address)


@asynccontextmanager
async def serving(zone: Zone) -> AsyncIterator[dns.asyncresolver.Resolver]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Server(zone), local_addr=("127.0.0.1", 0)
    )
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    resolver.lifetime = 2
    try:
        yield resolver
    finally:
        transport.close()


async def wrong(zone: Zone, *, sends_from: str = "mail.example.org") -> list[str]:
    async with serving(zone) as resolver:
        found = await mail_domain.findings("example.org", resolver, sends_from=sends_from)
    assert all(step for _, step in found)
    return [what for what, _ in found]


def without(*keys: tuple[str, str]) -> Zone:
    return {key: value for key, value in WELL.items() if key not in keys}


async def test_nothing_is_wrong_with_a_domain_that_is_in_order() -> None:
    assert await wrong(WELL) == []


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (without(("example.org", "TXT")), "does not say who may send its mail (SPF)"),
        ({**WELL, ("example.org", "TXT"): ('"v=spf1 -all"', '"v=spf1 mx ~all"')}, "has 2 SPF"),
        ({**WELL, ("example.org", "TXT"): ('"v=spf1 mx +all"',)}, "lets everybody send"),
        (without(("_dmarc.example.org", "TXT")), "no DMARC"),
        (without(("s1._domainkey.example.org", "TXT")), "no DKIM key"),
        (without(("example.org", "MX")), "takes no mail (MX)"),
        (without(("9.113.0.203.in-addr.arpa", "PTR")), "no name that leads back"),
        ({**WELL, ("9.113.0.203.in-addr.arpa", "PTR"): ("other.example.",)}, "leads back to it"),
    ],
)
async def test_one_thing_that_is_wrong_is_named(zone: Zone, words: str) -> None:
    [what] = await wrong(zone)

    assert words in what


async def test_what_holds_for_the_domain_above_holds_below() -> None:
    zone = {
        **{(name.replace("example.org", "netwerk.example.org"), kind): value
           for (name, kind), value in WELL.items() if not name.startswith("_dmarc")},
        ("_dmarc.example.org", "TXT"): ('"v=DMARC1; p=none"',),
    }  # fmt: skip
    async with serving(zone) as resolver:
        assert await mail_domain.findings("netwerk.example.org", resolver) == []


async def test_an_empty_domain_is_told_everything_at_once() -> None:
    assert len(await wrong({}, sends_from="")) == 4


async def test_without_dns_it_says_so() -> None:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port, resolver.lifetime = 9, 0.3
    with pytest.raises(ConnectionError, match="DNS does not answer"):
        await mail_domain.findings("example.org", resolver)
