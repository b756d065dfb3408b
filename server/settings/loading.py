"""Read every setting and check it: all wrong ones are named at once."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from stdnum import iban

from server import addresses
from server.settings.shape import Association, Settings, WrongSettings

KEY_LENGTH = 32
FASTEST = 1000
EXAMPLE_IBAN = "NL91ABNA0417164300"
SECRETS = (
    *("SECRET_KEY", "SECRET_KEY_BEFORE", "DATABASE_URL", "MAIL_URL"),
    *("MAILBOX_URL", "INBOUND_SECRET"),
)


def load(environ: Mapping[str, str], env_file: Path = Path(".env")) -> Settings:
    """Read every setting; the environment wins over the file. Raises WrongSettings.

    `NAME_FILE` may name a file that holds the value of NAME, for secrets.
    """
    wrong: list[str] = []
    given = _given(environ, env_file, wrong)
    host = given.get("HOST", "127.0.0.1")
    port = _port(given, wrong)
    base_url = given.get("BASE_URL", f"http://localhost:{port}").rstrip("/")
    is_public = _is_public(base_url, wrong)
    mail_url = given.get("MAIL_URL", "file:")
    if not addresses.is_mail_server(mail_url):
        wrong.append(
            "MAIL_URL must be file:, a server, such as smtps://mail.example.org:465, or a provider"
            " with its key, such as postmark://TOKEN@api.postmarkapp.com."
        )
    if "MAIL_FROM" in given and not addresses.is_mailbox(given["MAIL_FROM"]):
        wrong.append("MAIL_FROM must be one e-mail address, such as netwerk@example.org.")
    _check_inbound(given, wrong)
    mail_rate = _rate(given, wrong)
    proxies = _networks(given, wrong)
    demo = _demo(given, wrong, is_open=is_public or not addresses.is_loopback(host))
    database_url = given.get("DATABASE_URL")
    if database_url and not addresses.is_database(database_url):
        wrong.append("DATABASE_URL must be an address that begins with postgresql://.")
    pg_bin = _programs(given, wrong)
    key, before = _keys(given, wrong)
    if is_public:
        wrong += _wrong_in_public(base_url, mail_url, key)
    var_dir = Path(given.get("VAR_DIR", "var")).absolute()
    association = _association(given, wrong, is_public=is_public)
    if not wrong:
        key = key or _kept_key(var_dir, wrong)
    if wrong:
        raise WrongSettings(wrong)
    return Settings(
        host=host,
        port=port,
        base_url=base_url,
        var_dir=var_dir,
        database_url=database_url,
        mail_url=mail_url,
        secret_key=key,
        secret_key_before=before,
        demo=demo,
        proxies=proxies,
        mail_from=given.get("MAIL_FROM", ""),
        mail_rate=mail_rate,
        association=association,
        pg_bin=pg_bin,
        agenda_address=given.get("AGENDA_ADDRESS", ""),
        mailbox_url=given.get("MAILBOX_URL", ""),
        inbound_secret=given.get("INBOUND_SECRET", ""),
    )


def _check_inbound(given: Mapping[str, str], wrong: list[str]) -> None:
    """Where mail comes in: a mailbox that we look into, or somebody who brings it."""
    if "AGENDA_ADDRESS" in given and not addresses.is_mailbox(given["AGENDA_ADDRESS"]):
        wrong.append("AGENDA_ADDRESS must be one e-mail address, such as agenda@example.org.")
    if "MAILBOX_URL" in given and not addresses.is_mailbox_to_read(given["MAILBOX_URL"]):
        wrong.append(
            "MAILBOX_URL must be maildir: and a folder, such as maildir:/var/mail/agenda, or"
            " imaps://name:password@imap.example.org."
        )
    if "INBOUND_SECRET" in given and len(given["INBOUND_SECRET"]) < KEY_LENGTH:
        wrong.append(f"INBOUND_SECRET must have at least {KEY_LENGTH} characters.")


def _rate(given: Mapping[str, str], wrong: list[str]) -> float:
    """Newsletters a second; 0 is as fast as the mail server takes them."""
    try:
        rate = float(given.get("MAIL_RATE", "2"))
    except ValueError:
        rate = -1
    if not 0 <= rate <= FASTEST:
        wrong.append(f"MAIL_RATE must be a number from 0 to {FASTEST}: newsletters a second.")
        return 2.0
    return rate


def _association(given: Mapping[str, str], wrong: list[str], *, is_public: bool) -> Association:
    """In development an account that banks use as an example; in public only a real one."""
    account = given.get("ASSOCIATION_IBAN", "" if is_public else EXAMPLE_IBAN).replace(" ", "")
    if account and not iban.is_valid(account):
        wrong.append("ASSOCIATION_IBAN is not an IBAN whose check digits are right.")
    return Association(
        name=given.get("ASSOCIATION_NAME", "Netwerk Pijnpsychologie"),
        address=given.get("ASSOCIATION_ADDRESS", ""),
        iban=account,
        bic=given.get("ASSOCIATION_BIC", ""),
        creditor_id=given.get("ASSOCIATION_CREDITOR_ID", ""),
    )


def _given(environ: Mapping[str, str], env_file: Path, wrong: list[str]) -> dict[str, str]:
    given = _lines(_content(".env", env_file, wrong)) if env_file.exists() else {}
    given |= environ
    for name in SECRETS:
        source = given.get(f"{name}_FILE")
        if source:
            given[name] = _content(f"{name}_FILE", Path(source), wrong).strip()
    return {name: value for name, value in given.items() if value != ""}


def _content(name: str, file: Path, wrong: list[str]) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError):
        wrong.append(f"{name} names a file that cannot be read: {file}.")
        return ""


def _lines(text: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in text.splitlines() if not line.startswith("#"))
    return {pair[0].strip(): pair[1].strip().strip("'\"") for pair in pairs if len(pair) == 2}


def _port(given: Mapping[str, str], wrong: list[str]) -> int:
    text = given.get("PORT", "8000")
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    wrong.append(f"PORT must be a number from 1 to 65535, not '{text}'.")
    return 8000


def _networks(given: Mapping[str, str], wrong: list[str]) -> tuple[str, ...]:
    """The proxies that may tell us who the visitor is."""
    names = tuple(name.strip() for name in given.get("PROXIES", "127.0.0.1").split(","))
    if not addresses.are_networks(names):
        wrong.append(f"PROXIES must list addresses or networks, such as 10.0.0.0/8: {names}.")
    return names


def _demo(given: Mapping[str, str], wrong: list[str], *, is_open: bool) -> bool:
    text = given.get("DEMO", "0" if is_open else "1")
    if text not in ("0", "1"):
        wrong.append(f"DEMO must be 0 or 1, not '{text}'.")
    if text == "1" and is_open:
        wrong.append(
            "DEMO must be 0 when BASE_URL or HOST lets others in: demo people would be open doors."
        )
    return text == "1"


def _programs(given: Mapping[str, str], wrong: list[str]) -> Path | None:
    """With a database of one's own only those for backups are needed."""
    if "PG_BIN" not in given:
        return None
    folder = Path(given["PG_BIN"]).absolute()
    program = "pg_dump" if "DATABASE_URL" in given else "postgres"
    if not (folder / program).exists():
        wrong.append(f"PG_BIN must be a folder that holds '{program}': {folder}.")
    return folder


def _is_public(base_url: str, wrong: list[str]) -> bool:
    name = addresses.site_name(base_url)
    if name is None:
        wrong.append(
            f"BASE_URL must be a web address without a path, such as https://example.org: "
            f"'{base_url}'."
        )
        return False
    return not addresses.is_loopback(name)


def _wrong_in_public(base_url: str, mail_url: str, key: str) -> list[str]:
    checks = {
        "BASE_URL must begin with https:// when others can reach it.": base_url[:5] != "https",
        "SECRET_KEY is required when others can reach the site.": not key,
        "MAIL_URL must name a mail server when others can reach the site.": mail_url[:4] == "file",
    }
    return [sentence for sentence, is_wrong in checks.items() if is_wrong]


def _keys(given: Mapping[str, str], wrong: list[str]) -> tuple[str, str]:
    """The key and the one before it; empty without."""
    names = ("SECRET_KEY", "SECRET_KEY_BEFORE")
    key, before = (given.get(name, "") for name in names)
    for name, value in zip(names, (key, before), strict=True):
        if value and len(value) < KEY_LENGTH:
            wrong.append(f"{name} must have at least {KEY_LENGTH} characters.")
    if before and not key:
        wrong.append("SECRET_KEY_BEFORE is the key before SECRET_KEY: set both.")
    return key, before


def _kept_key(var_dir: Path, wrong: list[str]) -> str:
    """The key of a private installation: made once, whole, readable by its owner only."""
    path = var_dir / "secret_key"
    try:
        if not path.exists():
            var_dir.mkdir(parents=True, exist_ok=True)
            _make_once(path, secrets.token_urlsafe(KEY_LENGTH))
        return path.read_text()
    except OSError as problem:
        wrong.append(
            f"VAR_DIR must be a folder that can be written: {var_dir}: {problem.strerror}."
        )
        return ""


def _make_once(path: Path, text: str) -> None:
    """Whoever is first decides; nobody ever reads half of it."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
