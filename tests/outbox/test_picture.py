"""A code that is drawn in a letter: sent along with it, never fetched from anywhere."""

import io
import re

import pytest
import segno

from emails import blocks, gallery, rendering
from emails.letters.registrations import RegistrationConfirmed
from server.outbox import delivery
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import later, owe

pytestmark = pytest.mark.anyio
CONFIRMED = RegistrationConfirmed.sample()


def qr(code: str) -> bytes:
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=8)
    return out.getvalue()


async def test_the_ticket_goes_along_with_the_html(db: None, mailbox: Mailbox) -> None:
    await owe(letter=CONFIRMED)

    await delivery.deliver(later())

    [message] = mailbox.received
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        *("multipart/alternative", "text/plain", "multipart/related"),
        *("text/html", "image/png"),
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content_disposition()) == (
        f"<{blocks.PICTURE}>",
        "inline",
    )
    assert picture.get_content() == qr("7KQ2M4XD")
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert "\n\n7KQ2 M4XD\n\n" in plain.get_content()
    assert f'src="cid:{blocks.PICTURE}"' in html.get_content()
    assert message.defects == []


@pytest.mark.parametrize("kind", gallery.all_letters())
def test_no_letter_shows_a_picture_from_elsewhere(kind: str) -> None:
    letter = gallery.all_letters()[kind].sample()
    values = rendering.values_of(letter, "Anna")

    for said in ("nl", "en"):
        rendered = rendering.render(kind, said, values, letter.category)
        sources = re.findall(r'src="([^"]*)"|url\(', rendered.html)
        assert sources == ([f"cid:{blocks.PICTURE}"] if rendered.picture else [])
        assert bool(rendered.picture) == (kind == "registration_confirmed")


def test_a_letter_that_was_owed_before_there_were_pictures_still_goes() -> None:
    values = rendering.values_of(CONFIRMED, "Anna")
    del values["code"]

    rendered = rendering.render(CONFIRMED.kind(), "nl", values, "service")

    assert (rendered.picture, "toegangsbewijs" in rendered.text) == (b"", False)


def test_only_a_code_that_stands_alone_is_a_picture() -> None:
    text = "Uw code is 7KQ2 M4XD.\n\n7KQ2 M4XD\n\nTot dan."

    found = blocks.read(text, "Verder", "7KQ2 M4XD")

    assert [type(one).__name__ for one in found] == ["Paragraph", "Picture", "Paragraph"]
    assert [type(one).__name__ for one in blocks.read(text, "Verder")] == ["Paragraph"] * 3
