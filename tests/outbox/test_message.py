"""What goes over the line: headers, both bodies, and nothing that a stranger could add."""

from dataclasses import replace
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from emails.letters.registrations import EventCancelled
from server import settings
from server.outbox import delivery
from server.outbox.message import BadAddress, one_address
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import ANNA, CANCELLED, later, outbox, owe

pytestmark = pytest.mark.anyio


async def test_every_header_is_there_once(db: None, mailbox: Mailbox) -> None:
    await owe()
    [(message_id,)] = await outbox("message_id::text")
    now = later().replace(microsecond=0)

    await delivery.deliver(now)

    [message] = mailbox.received
    ours = [(k, str(v)) for k, v in message.items() if k not in ("Date", "Content-Type", "X-Peer")]
    assert ours == [
        ("Message-ID", f"<{message_id}@localhost.localdomain>"),
        ("From", "Netwerk Pijnpsychologie <netwerk@localhost.localdomain>"),
        ("To", "anna@example.org"),
        ("Subject", "Geannuleerd: Pijndag 2027"),
        ("Auto-Submitted", "auto-generated"),
        ("MIME-Version", "1.0"),
        ("Content-Language", "nl"),
    ]
    assert parsedate_to_datetime(str(message["Date"])) == now
    assert message.defects == []


async def test_text_comes_before_html_in_utf_8(db: None, mailbox: Mailbox) -> None:
    await owe()

    await delivery.deliver(later())

    [message] = mailbox.received
    assert message.get_content_type() == "multipart/alternative"
    assert [
        (part.get_content_type(), part.get_content_charset(), part["Content-Transfer-Encoding"])
        for part in message.iter_parts()
    ] == [("text/plain", "utf-8", "quoted-printable"), ("text/html", "utf-8", "quoted-printable")]


async def test_lines_are_short_and_end_in_crlf(db: None, mailbox: Mailbox) -> None:
    await owe(letter=replace(CANCELLED, reason="Ziekte. " * 400))

    await delivery.deliver(later())

    [raw] = mailbox.raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()


async def test_the_whole_text_of_a_short_letter(db: None, mailbox: Mailbox) -> None:
    await owe(letter=replace(CANCELLED, reason="De spreker is ziek.\n\nHet spijt ons."))

    await delivery.deliver(later())

    body = mailbox.received[0].get_body(("plain",))
    assert body is not None
    assert body.get_content() == (
        "Beste Anna de Vries,\n\n"
        "Pijndag 2027, vrijdag 12 maart 2027, 09.30–17.00 uur, gaat niet door.\n\n"
        "De spreker is ziek.\n\nHet spijt ons.\n\n"
        "U hoeft niets te doen: uw inschrijving is vervallen.\n\n"
        "Met vriendelijke groet,\nNetwerk Pijnpsychologie\n\n"
        "-- \n"
        "U krijgt deze e-mail omdat dit adres bij ons is opgegeven, bijvoorbeeld voor een"
        " inschrijving of voor het lidmaatschap. Het is geen nieuwsbrief.\n"
        "Vragen? Beantwoord deze e-mail.\n"
    )


async def test_a_title_with_line_breaks_adds_no_header_and_no_line(
    db: None, mailbox: Mailbox
) -> None:
    event = "Pijndag\r\nBcc: x@example.org\u202e\x00\ud800"
    await owe(letter=EventCancelled(event=event, when="morgen\n\nhttps://elders.nl/", reason=""))

    await delivery.deliver(later())

    [message] = mailbox.received
    assert message["Bcc"] is None
    assert str(message["Subject"]) == "Geannuleerd: Pijndag Bcc: x@example.org"
    html = message.get_body(("html",))
    assert html is not None
    assert 'class="button"' not in html.get_content()


@pytest.mark.parametrize("name", ["", "Win € 1000 op www.elders.nl", "https://elders.nl", "x" * 99])
async def test_an_advertisement_is_no_name(db: None, mailbox: Mailbox, name: str) -> None:
    await owe(to=replace(ANNA, name=name))

    await delivery.deliver(later())

    body = mailbox.received[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith("Beste lezer,\n\n")


async def test_markup_in_a_name_stays_text(db: None, mailbox: Mailbox) -> None:
    await owe(to=replace(ANNA, name="Anna & Bob"), letter=replace(CANCELLED, event="<b>Dag</b>"))

    await delivery.deliver(later())

    html = mailbox.received[0].get_body(("html",))
    assert html is not None
    assert "Beste Anna &amp; Bob," in html.get_content()
    assert "<b>" not in html.get_content()


async def test_a_long_title_is_cut_in_the_subject_only(db: None, mailbox: Mailbox) -> None:
    await owe(letter=replace(CANCELLED, event="Pijn en wat wij er samen aan kunnen doen " * 3))

    await delivery.deliver(later())

    subject = str(mailbox.received[0]["Subject"])
    assert subject == (
        "Geannuleerd: Pijn en wat wij er samen aan kunnen doen Pijn en wat wij er same…"
    )
    assert len(subject) == 78


async def test_mail_comes_from_the_address_of_the_settings(db: None, mailbox: Mailbox) -> None:
    settings.use(msgspec.structs.replace(settings.current(), mail_from="secretariaat@example.org"))
    await owe()

    await delivery.deliver(later())

    [message] = mailbox.received
    assert str(message["From"]) == "Netwerk Pijnpsychologie <secretariaat@example.org>"


@pytest.mark.parametrize(
    "text",
    [
        *("", "anna", "a@example.org, b@example.org", "a@example.org;b@example.org"),
        *("Anna <a@example.org>", "a@example.org\r\nBcc: b@example.org", "änna@example.org"),
    ],
)
def test_only_one_plain_address_is_an_address(text: str) -> None:
    with pytest.raises(BadAddress):
        one_address(text)


def test_a_host_in_other_letters_is_written_in_ascii() -> None:
    assert one_address("anna@müsterzorg.example") == "anna@xn--msterzorg-q9a.example"
