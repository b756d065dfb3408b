"""What an address in a setting must be before anything starts with it."""

import ipaddress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import SplitResult, urlsplit

from email_validator import EmailNotValidError, validate_email

DATABASES = ("postgresql", "postgres")
MAIL_SERVERS = ("smtp", "smtps")
PROVIDERS = ("postmark", "brevo", "mailgun")


def is_loopback(name: str) -> bool:
    """Whether only this machine itself is reached there."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def site_name(url: str) -> str | None:
    """The host of a web address without a path; None for anything else."""
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https"):
        return None
    is_bare = parts.geturl() == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc
    return parts.hostname if is_bare else None


def is_mail_server(url: str) -> bool:
    """Whether letters can go there: `file:`, a server with a name, or a provider with a key.

    Mailgun wants the domain that letters come from as well.
    """
    if url.startswith("file:"):
        return True
    parts = _parts(url)
    if parts is None or not parts.hostname:
        return False
    if parts.scheme in PROVIDERS:
        return bool(parts.username) and (parts.scheme != "mailgun" or bool(parts.path.strip("/")))
    return parts.scheme in MAIL_SERVERS


def is_mailbox_to_read(url: str) -> bool:
    """Whether mail can be read there: a folder of this machine, or a server with a name and key."""
    if url.startswith("maildir:/"):
        return True
    parts = _parts(url)
    is_server = parts is not None and parts.scheme == "imaps" and bool(parts.hostname)
    return is_server and parts is not None and bool(parts.username and parts.password)


def is_database(url: str) -> bool:
    """Whether it names a PostgreSQL; without a host it is a socket of this machine."""
    parts = _parts(url)
    return parts is not None and parts.scheme in DATABASES and "://" in url


def is_mailbox(text: str) -> bool:
    """Whether letters can come from it: one address, which also fits the header of a letter."""
    try:
        validate_email(
            text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
        EmailMessage(policy=SMTP)["From"] = Address("Netwerk", addr_spec=text)
    except (EmailNotValidError, ValueError, IndexError):
        return False
    return text.isascii()


def are_networks(names: tuple[str, ...]) -> bool:
    """Whether each is an address or a network, such as 10.0.0.0/8."""
    try:
        return bool([ipaddress.ip_network(name) for name in names])
    except ValueError:
        return False


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port  # a bad port shows only when asked for
    except ValueError:
        return None
    return parts
