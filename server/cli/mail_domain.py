"""What the domain of our letters says of itself in DNS, in plain advice.

Whoever receives our mail looks at the same: who may send for the domain (SPF, RFC 7208), what to do
with what does not (DMARC, RFC 7489), a key for signatures (DKIM, RFC 6376), a way back (MX), and
a sending machine whose name and number agree (PTR).
"""

from collections.abc import Awaitable, Callable

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer

PATIENCE_SECONDS = 5.0
# A selector is the sender's secret until a letter shows it; providers use these.
SELECTORS = (
    *("default", "dkim", "mail", "netwerk", "s1", "s2", "k1", "k2", "selector1", "selector2"),
    *("google", "pm", "brevo1", "mailo", "mta", "smtp"),
)
Finding = tuple[str, str]  # what is wrong, and the next step


async def findings(domain: str, resolver: Resolver, *, sends_from: str = "") -> list[Finding]:
    """What others will hold against mail from a domain; `sends_from` is our own mail server."""
    looks: list[Callable[[], Awaitable[list[Finding]]]] = [
        lambda: _spf(domain, resolver),
        lambda: _dmarc(domain, resolver),
        lambda: _dkim(domain, resolver),
        lambda: _way_back(domain, resolver),
    ]
    if sends_from:
        looks.append(lambda: _name_and_number(sends_from, resolver))
    return [one for look in looks for one in await look()]


async def _spf(domain: str, resolver: Resolver) -> list[Finding]:
    records = [one for one in await _texts(domain, resolver) if one.lower().startswith("v=spf1")]
    if not records:
        step = f"Publish one TXT record at {domain}; your mail provider says which."
        return [(f"{domain} does not say who may send its mail (SPF).", step)]
    if len(records) > 1:
        return [
            (f"{domain} has {len(records)} SPF records: then none counts.", "Join them to one.")
        ]
    if records[0].split()[-1].lower() in ("all", "+all", "?all"):
        return [(f"The SPF record of {domain} lets everybody send.", "End it with ~all or -all.")]
    return []


async def _dmarc(domain: str, resolver: Resolver) -> list[Finding]:
    found = [
        one
        for name in (domain, domain.partition(".")[2])
        if "." in name
        for one in await _texts(f"_dmarc.{name}", resolver)
        if one.replace(" ", "").lower().startswith("v=dmarc1")
    ]
    if not found:
        step = f'Publish at _dmarc.{domain}: "v=DMARC1; p=none", and look at the reports.'
        return [(f"{domain} has no DMARC record: Gmail and Outlook may refuse lists.", step)]
    return []


async def _dkim(domain: str, resolver: Resolver) -> list[Finding]:
    for selector in SELECTORS:
        name = f"{selector}._domainkey.{domain}"
        if any("p=" in one for one in await _texts(name, resolver)):
            return []
    step = (
        "Send yourself a letter and look for DKIM=pass; else switch signing on where mail leaves."
    )
    return [(f"{domain} has no DKIM key under a usual name.", step)]


async def _way_back(domain: str, resolver: Resolver) -> list[Finding]:
    if await _records(domain, "MX", resolver):
        return []
    return [
        (f"{domain} takes no mail (MX): answers and reports get lost.", "Publish an MX record.")
    ]


async def _name_and_number(host: str, resolver: Resolver) -> list[Finding]:
    """A server that sends is distrusted when its number has no name, or another's."""
    wrong = []
    for number in await _records(host, "A", resolver):
        name = ".".join([*reversed(number.split(".")), "in-addr.arpa"])
        names = [one.rstrip(".") for one in await _records(name, "PTR", resolver)]
        agrees = [one for one in names if number in await _records(one, "A", resolver)]
        if not agrees:
            step = f"Ask who gives you {number} for a reverse name that leads back to it."
            wrong.append((f"{number} of {host} has no name that leads back to it (PTR).", step))
    return wrong


async def _texts(name: str, resolver: Resolver) -> list[str]:
    """TXT records, their parts joined."""
    return ["".join(one.split('"')[1::2]) for one in await _records(name, "TXT", resolver)]


async def _records(name: str, kind: str, resolver: Resolver) -> list[str]:
    """What stands there; nothing when the name is not there. Raises DNSException without DNS."""
    try:
        return [one.to_text() for one in await resolver.resolve(name, kind)]
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as problem:
        raise ConnectionError(f"DNS does not answer: {type(problem).__name__}") from None
