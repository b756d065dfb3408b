"""A mailbox that is looked into: real files, and a real server that speaks IMAP over TLS."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from server import settings, worker
from server.cli import commands
from server.cli.saying import CannotStart
from server.database import execute
from server.inbound import mailbox as inbox
from server.inbound import reading, service
from server.inbound.imap import NoMailbox
from server.inbound.mailbox import Maildir
from server.inbound.service import Taken
from server.readers import READERS
from tests.factories import NOON
from tests.inbound import raw
from tests.inbound.conftest import Invited
from tests.inbound.imap_server import Account, certificate, serving

pytestmark = pytest.mark.anyio
PERSON = b"From: anna@example.com\r\nMessage-ID: <p@x>\r\nSubject: Vraag\r\n\r\nHoe laat?\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    return tmp_path / "Maildir"


def names(folder: Path) -> dict[str, list[str]]:
    return {
        name: sorted(path.name for path in (folder / name).iterdir()) for name in ("new", "cur")
    }


async def look(folder: Path) -> list[Taken]:
    return await inbox.look(f"maildir:{folder}", READERS, now=NOON)


async def test_what_is_understood_is_seen_and_the_rest_stays_for_people(
    invited: Invited, folder: Path
) -> None:
    (folder / "new" / "1.a.host").write_bytes(raw.google(invited.reply(), invited.to))
    (folder / "new" / "2.b.host").write_bytes(PERSON)
    (folder / "new" / "3.c.host").write_bytes(b"X: 1\r\n\r\n" + b"x" * reading.MOST_BYTES)

    taken = await look(folder)

    assert [one.outcome for one in taken] == ["declined", "", "unreadable"]
    assert names(folder) == {"new": [], "cur": ["1.a.host:2,S", "2.b.host:2,", "3.c.host:2,"]}
    assert await invited.answer() == "declined"
    assert await look(folder) == []


async def test_who_stops_before_putting_away_reads_again_and_changes_nothing(
    invited: Invited, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "new" / "1.a").write_bytes(raw.google(invited.reply(), invited.to))

    def killed(*_: object, **__: object) -> None:
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Maildir, "put_away", killed)
        assert await look(folder) == []
    assert names(folder) == {"new": ["1.a"], "cur": []}
    assert await invited.answer() == "declined"

    (again,) = await look(folder)
    assert (again.outcome, again.is_new) == ("declined", False)
    assert names(folder) == {"new": [], "cur": ["1.a:2,S"]}
    (row,) = await execute("SELECT revision FROM calendar_invitation")
    assert row["revision"] == 2


async def test_what_fails_stays_and_stops_no_other(invited: Invited, folder: Path) -> None:
    (folder / "new" / "1.a").write_bytes(PERSON)
    (folder / "new" / "2.b").write_bytes(raw.google(invited.reply(), invited.to))

    async def moody(inbound: reading.Inbound, now: object) -> str | None:
        if b"Vraag" in inbound.message.as_bytes():
            raise ZeroDivisionError
        return None

    readers = [service.Reader("moody", moody), *READERS]
    taken = await inbox.look(f"maildir:{folder}", readers, now=NOON)

    assert [one.outcome for one in taken] == ["declined"]
    assert names(folder) == {"new": ["1.a"], "cur": ["2.b:2,S"]}


async def test_a_file_that_somebody_else_took_is_no_trouble(
    invited: Invited, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Maildir, "names", lambda _: ["gone", "1.a"])
    (folder / "new" / "1.a").write_bytes(raw.google(invited.reply(), invited.to))

    assert [one.outcome for one in await look(folder)] == ["declined"]


async def test_a_folder_that_is_no_mailbox_is_named(db: None, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no Maildir"):
        await look(tmp_path)


async def test_the_command_says_what_it_read(
    invited: Invited, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "new" / "1.a").write_bytes(raw.google(invited.reply(), invited.to))
    (folder / "new" / "2.b").write_bytes(PERSON)
    with pytest.raises(CannotStart, match="give MAILBOX_URL"):
        await commands.read_mailbox()
    use(f"maildir:{folder}")
    await commands.read_mailbox()
    use(f"maildir:{folder}/elsewhere")
    with pytest.raises(CannotStart, match="cannot be opened"):
        await commands.read_mailbox()

    assert capsys.readouterr().out == "2 messages were looked at, 1 of them understood.\n"


async def test_the_worker_looks_where_there_is_a_mailbox(invited: Invited, folder: Path) -> None:
    (job,) = [job for job in worker.JOBS if job.name == "inbound.read"]
    (folder / "new" / "1.a").write_bytes(raw.google(invited.reply(), invited.to))
    await job.function(NOON)
    assert names(folder)["cur"] == []
    use(f"maildir:{folder}")
    await job.function(NOON)

    assert names(folder)["cur"] == ["1.a:2,S"]


def use(url: str) -> None:
    settings.use(msgspec.structs.replace(settings.current(), mailbox_url=url))


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with serving(tmp_path) as found:
        yield found


async def test_mail_on_a_server_is_read_and_flagged(invited: Invited, account: Account) -> None:
    account.messages[:] = [raw.google(invited.reply(), invited.to), PERSON]

    first = await inbox.look(account.url, READERS, now=NOON, tls=account.trusting)
    second = await inbox.look(account.url, READERS, now=NOON, tls=account.trusting)

    assert [one.outcome for one in first] == ["declined", ""]
    assert second == []
    assert account.flags == {1: {"\\Seen"}, 2: {"NetwerkRead"}}
    assert await invited.answer() == "declined"


async def test_a_message_too_large_is_not_fetched(invited: Invited, account: Account) -> None:
    account.messages[:] = [b"X: 1\r\n\r\n" + b"x" * reading.MOST_BYTES]

    (taken,) = await inbox.look(account.url, READERS, now=NOON, tls=account.trusting)

    assert taken.outcome == "unreadable"
    assert [line for line in account.heard if "BODY" in line] == []


async def test_a_certificate_that_nobody_vouches_for_is_refused(db: None, account: Account) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await inbox.look(account.url, READERS, now=NOON)

    assert account.heard == []


async def test_a_certificate_of_another_name_is_refused(db: None, tmp_path: Path) -> None:
    with (
        serving(tmp_path, name="elders.example") as account,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        await inbox.look(account.url, READERS, now=NOON, tls=account.trusting)


async def test_a_wrong_password_is_said_without_saying_it(db: None, account: Account) -> None:
    wrong = account.url.replace("geheim", "verkeerd")

    with pytest.raises(NoMailbox) as problem:
        await inbox.look(wrong, READERS, now=NOON, tls=account.trusting)

    assert "verkeerd" not in str(problem.value)


def test_the_certificates_of_these_tests_differ(tmp_path: Path) -> None:
    assert certificate(tmp_path / "a", "a.example") != certificate(tmp_path / "b", "b.example")
