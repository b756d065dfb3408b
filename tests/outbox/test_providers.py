"""Providers over real HTTP: what they are handed, and what comes of each answer they give.

The answers are those that providers give, as their documents and public reports show them.
"""

import base64
import json
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from emails import blocks
from server.outbox import delivery, transports
from server.outbox.trouble import Broken, Refused, Unreachable
from tests.listeners import Heard, Talk, answers, listening
from tests.outbox.mailbox import silent
from tests.outbox.owing import later, outbox, owe, send_by, states

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n picture"
ENTRY = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
POSTMARK_TAKEN = {
    "To": "anna@example.org",
    "SubmittedAt": "2026-11-26T15:45:00.1234567Z",
    "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
    "ErrorCode": 0,
    "Message": "OK",
}
BREVO_TAKEN = {"messageId": "<202611261545.48237428013@smtp-relay.mailin.fr>"}
MAILGUN_TAKEN = {
    "id": "<20261126154500.12345.ABCDE@mg.example.org>",
    "message": "Queued. Thank you.",
}
INACTIVE = {
    "ErrorCode": 406,
    "Message": "You tried to send to recipient(s) that have been marked as inactive. Found inactive"
    " addresses: anna@example.org. Inactive recipients are ones that have generated a hard bounce,"
    " a spam complaint, or a manual suppression.",
}
NO_SENDER = {
    "ErrorCode": 400,
    "Message": "The 'From' address you supplied (netwerk@example.org) is not a Sender Signature on"
    " your account. Please add and confirm this address in order to be able to use it in the 'From'"
    " field of your messages.",
}
ANSWERS: list[tuple[str, int, Any, type[Exception] | None]] = [
    ("postmark", 200, POSTMARK_TAKEN, None),
    (
        "postmark",
        200,
        {**POSTMARK_TAKEN, "Message": "Message accepted, but delivery may be delayed."},
        None,
    ),
    ("postmark", 422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'anna@'."}, Refused),
    ("postmark", 422, INACTIVE, Refused),
    ("postmark", 422, NO_SENDER, Unreachable),
    (
        "postmark",
        422,
        {"ErrorCode": 405, "Message": "Not allowed to send: out of credits."},
        Unreachable,
    ),
    (
        "postmark",
        422,
        {"ErrorCode": 412, "Message": "Your account is pending approval."},
        Unreachable,
    ),
    (
        "postmark",
        401,
        {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied."},
        Unreachable,
    ),
    ("postmark", 429, {"ErrorCode": 429, "Message": "Rate limit exceeded."}, Unreachable),
    ("postmark", 500, {"Message": "Internal Server Error"}, Broken),
    ("postmark", 503, "<html>Service Unavailable</html>", Unreachable),
    ("postmark", 200, "<html>Welcome to the hotel</html>", Unreachable),
    ("postmark", 302, "", Unreachable),
    ("brevo", 201, BREVO_TAKEN, None),
    ("brevo", 400, {"code": "invalid_parameter", "message": "email is not valid in to"}, Refused),
    ("brevo", 400, {"code": "missing_parameter", "message": "sender is missing"}, Unreachable),
    ("brevo", 401, {"code": "unauthorized", "message": "Key not found"}, Unreachable),
    ("brevo", 402, {"code": "not_enough_credits", "message": "No credits left"}, Unreachable),
    (
        "brevo",
        403,
        {"code": "account_under_validation", "message": "Under validation"},
        Unreachable,
    ),
    ("brevo", 429, {"code": "too_many_requests", "message": "Rate limit is exceeded"}, Unreachable),
    ("brevo", 502, "Bad Gateway", Unreachable),
    ("brevo", 201, {}, Unreachable),
    ("mailgun", 200, MAILGUN_TAKEN, None),
    (
        "mailgun",
        400,
        {"message": "to parameter is not a valid address. please check documentation"},
        Refused,
    ),
    (
        "mailgun",
        400,
        {"message": "Domain mg.example.org is not allowed to send: unverified."},
        Unreachable,
    ),
    ("mailgun", 401, "Forbidden", Unreachable),
    ("mailgun", 404, {"message": "Domain not found: mg.example.org"}, Unreachable),
    ("mailgun", 413, {"message": "Request Entity Too Large"}, Refused),
    ("mailgun", 500, {"message": "Internal Server Error"}, Broken),
]


def saying(status: int, said: Any) -> Talk:
    body = said if isinstance(said, str) else json.dumps(said)
    return answers(
        f"HTTP/1.1 {status} X\r\ncontent-length: {len(body.encode())}\r\n"
        f"location: http://127.0.0.1:9/\r\n\r\n{body}".encode()
    )


def url(provider: str, heard: Heard) -> str:
    path = "/mg.example.org" if provider == "mailgun" else ""
    return f"{provider}://to%40ken@127.0.0.1:{heard.port}{path}?bulk=nieuws"


def letter(**more: str) -> EmailMessage:
    """A letter with everything: a picture within, a calendar entry twice, headers of our own."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = '"Vereniging, Pijn" <netwerk@example.org>'
    message["To"] = "anna@example.org"
    message["Reply-To"] = "Bé <be@example.org>"
    message["Subject"] = "Geplaatst: één dag, 3 juni 🙂"
    message["Message-ID"] = "<1b4e28ba-2fa1-11d2-883f-0016d3cca427@example.org>"
    message["Date"] = "Thu, 26 Nov 2026 15:45:00 +0000"
    for name, value in more.items():
        message[name.replace("_", "-")] = value
    message.set_content("Beste Anna,\n\nTot dan.\n")
    message.add_alternative(f'<p>Beste Anna</p><img src="cid:{blocks.PICTURE}">', subtype="html")
    _, html = message.iter_parts()
    html.add_related(
        PNG, "image", "png", cid=f"<{blocks.PICTURE}>", filename="code.png", disposition="inline"
    )
    message.add_attachment(ENTRY, "application", "ics", filename="invite.ics")
    return message


async def handed(provider: str, message: EmailMessage, said: Any, status: int = 200) -> Heard:
    async with (
        listening(saying(status, said)) as heard,
        transports.connect(url(provider, heard), Path(), seconds=2) as way,
    ):
        await way.send(message)
    return heard


@pytest.mark.parametrize(("provider", "status", "said", "trouble"), ANSWERS)
async def test_what_comes_of_each_answer(
    provider: str, status: int, said: Any, trouble: type[Exception] | None
) -> None:
    if trouble is None:
        await handed(provider, letter(), said, status)
        return
    with pytest.raises(trouble) as told:
        await handed(provider, letter(), said, status)
    assert str(told.value).startswith(str(status))


def field(data: dict[str, Any], name: str) -> str:
    """One of our own headers, as Postmark is given them."""
    [value] = [one["Value"] for one in data["Headers"] if one["Name"] == name]
    return str(value)


async def test_postmark_is_given_every_part_and_no_permission_to_follow() -> None:
    heard = await handed("postmark", letter(Auto_Submitted="auto-generated"), POSTMARK_TAKEN)
    [(head, body)] = heard.requests
    data = json.loads(body)

    assert head[":line"] == "POST /email HTTP/1.1"
    assert head["x-postmark-server-token"] == "to@ken"
    assert data["From"] == '"Vereniging, Pijn" <netwerk@example.org>'
    assert (data["To"], data["ReplyTo"]) == ("anna@example.org", "Bé <be@example.org>")
    assert data["Subject"] == "Geplaatst: één dag, 3 juni 🙂"
    assert data["TextBody"].replace("\r\n", "\n") == "Beste Anna,\n\nTot dan.\n"
    assert f"cid:{blocks.PICTURE}" in data["HtmlBody"]
    assert (data["TrackOpens"], data["TrackLinks"]) == (False, "None")
    assert data["MessageStream"] == "outbound"
    assert field(data, "Message-ID") == "<1b4e28ba-2fa1-11d2-883f-0016d3cca427@example.org>"
    assert field(data, "X-PM-KeepID") == "true"
    assert field(data, "Auto-Submitted") == "auto-generated"
    picture, entry = data["Attachments"]
    assert (picture["ContentID"], entry["Name"]) == (f"cid:{blocks.PICTURE}", "invite.ics")
    assert base64.b64decode(picture["Content"]) == PNG
    assert base64.b64decode(entry["Content"]) == ENTRY
    assert "ContentID" not in entry


async def test_mail_to_a_list_takes_the_stream_for_it_with_its_headers() -> None:
    one_click = {
        "Precedence": "bulk",
        "List_Unsubscribe": "<https://example.org/u/TOKEN>, <mailto:uit@example.org>",
        "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
    }
    heard = await handed("postmark", letter(**one_click), POSTMARK_TAKEN)
    data = json.loads(heard.requests[0][1])

    assert data["MessageStream"] == "nieuws"
    assert field(data, "List-Unsubscribe") == one_click["List_Unsubscribe"]
    assert field(data, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


async def test_brevo_is_given_the_picture_as_data() -> None:
    heard = await handed("brevo", letter(Auto_Submitted="auto-generated"), BREVO_TAKEN, 201)
    [(head, body)] = heard.requests
    data = json.loads(body)

    assert (head[":line"], head["api-key"]) == ("POST /v3/smtp/email HTTP/1.1", "to@ken")
    assert data["sender"] == {"email": "netwerk@example.org", "name": "Vereniging, Pijn"}
    assert data["to"] == [{"email": "anna@example.org"}]
    assert data["replyTo"] == {"email": "be@example.org", "name": "Bé"}
    assert data["headers"]["Auto-Submitted"] == "auto-generated"
    assert f"data:image/png;base64,{base64.b64encode(PNG).decode()}" in data["htmlContent"]
    assert [one["name"] for one in data["attachment"]] == ["code.png", "invite.ics"]


async def test_mailgun_is_given_the_message_as_it_is() -> None:
    message = letter(Auto_Submitted="auto-generated")
    heard = await handed("mailgun", message, MAILGUN_TAKEN)
    [(head, body)] = heard.requests
    key = base64.b64encode(b"api:to@ken").decode()
    form = message_from_bytes(
        b"Content-Type: " + head["content-type"].encode() + b"\r\n\r\n" + body,
        policy=policy.default,
    )
    fields = {part.get_param("name", header="content-disposition"): part for part in form.walk()}

    assert head[":line"] == "POST /v3/mg.example.org/messages.mime HTTP/1.1"
    assert head["authorization"] == f"Basic {key}"
    assert fields["to"].get_payload() == "anna@example.org"
    assert fields["o:tracking"].get_payload() == "no"
    assert message.as_bytes() in body


async def test_a_letter_leaves_by_a_provider_and_one_that_is_refused_says_why(db: None) -> None:
    async with listening(saying(422, INACTIVE)) as heard:
        send_by(url("postmark", heard))
        await owe("refused")
        await delivery.deliver(later())
    async with listening(saying(200, POSTMARK_TAKEN)) as heard:
        send_by(url("postmark", heard))
        await owe("taken")
        await delivery.deliver(later())

    [(_, why), _] = await outbox("state", "last_error")
    assert await states() == ["failed", "sent"]
    assert why.startswith("422 You tried to send to recipient(s) that have been marked as inactive")


async def test_a_wrong_key_costs_no_letter_a_try(db: None) -> None:
    async with listening(saying(401, {"ErrorCode": 10, "Message": "No token"})) as heard:
        send_by(url("postmark", heard))
        await owe("one")
        await owe("two")
        await delivery.deliver(later())

    assert len(heard.requests) == 1
    assert await outbox("state", "attempts") == [("retry", 0), ("retry", 0)]


@pytest.mark.parametrize("provider", ["postmark", "brevo", "mailgun"])
async def test_nobody_there_and_nobody_who_answers_are_different(provider: str, db: None) -> None:
    await owe()
    send_by(f"{provider}://key@127.0.0.1:9/mg.example.org")
    await delivery.deliver(later())
    assert await outbox("state", "attempts") == [("retry", 0)]

    async with silent(lambda writer: None) as there:
        send_by(f"{provider}://key@{there.removeprefix('smtp://')}/mg.example.org")
        await delivery.deliver(later(3), seconds=0.3)
    assert await outbox("state", "attempts") == [("retry", 1)]
