"""Signatures as the Standard Webhooks specification has them; what is told under which name."""

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from server import language
from server.webhooks import rules

NOON = datetime(2027, 3, 12, 11, 0, tzinfo=UTC)


def test_the_signature_is_that_of_the_specification() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    said = b'{"test": 2432232314}'

    signed = rules.signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, said)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_written_as_the_specification_says() -> None:
    written = rules.written(bytes(range(32)))

    assert written == "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert len(rules.new_secret()) == 32


def test_a_message_carries_its_name_its_time_and_its_signature() -> None:
    name = rules.message_name(UUID(int=7))

    headers = rules.headers(b"s", name, NOON, b"{}")

    assert headers["webhook-id"] == "msg_00000000000000000000000000000007"
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert headers["webhook-signature"] == rules.signature(b"s", name, 1804849200, b"{}")


def test_a_message_says_nothing_but_what_when_and_where() -> None:
    said = rules.payload("event.published", NOON, 3, "https://netwerk.example/api/events/dag")

    assert json.loads(rules.body(said)) == {
        "type": "event.published",
        "timestamp": "2027-03-12T11:00:00Z",
        "data": {"id": 3, "url": "https://netwerk.example/api/events/dag"},
    }


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        (("event", "publish", "published", ["state"]), "event.published"),
        (("event", "change", None, ["starts_at", "title"]), "event.moved"),
        (("event", "reschedule", "published", ["state"]), "event.moved"),
        (("event", "change", None, ["title"]), "event.changed"),
        (("registration_line", "register", "confirmed", ["state"]), "registration.confirmed"),
        (("registration_line", "accept", "confirmed", ["state"]), "registration.confirmed"),
        (("registration_line", "register", "unverified", ["state"]), None),
        (("proposal", "activate", "accepted", ["state"]), "proposal.accepted"),
        (("membership", "start", None, []), "membership.started"),
        (("person", "change", None, ["email"]), None),
        (("event", "export", None, ["rows"]), None),
    ],
)
def test_a_line_of_the_trail_is_told_under_one_name_or_not_at_all(
    line: tuple[str, str, str | None, list[str]], topic: str | None
) -> None:
    assert rules.topic_of(*line) == topic


def test_every_topic_has_words_in_both_languages() -> None:
    assert [topic.key for topic in rules.TOPICS if not language.knows(topic.key)] == []


def test_a_message_is_tried_six_times_in_less_than_eleven_hours() -> None:
    assert sum(rules.WAITS, timedelta()) == timedelta(hours=10, minutes=36)
