"""A corpus of what comes back: each message says what it says, and nothing makes reading fail."""

import random
import time
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

import pytest

from server.bounces.reading import Kind, Report
from server.bounces.reading import read as read_message
from server.bounces.rules import verdict
from tables.bounces import Verdict

CORPUS = Path(__file__).parent / "corpus"
OURS = UUID("1b4e28ba-2fa1-4d2a-883f-0016d3cca427")
ANNA = "anna@example.com"
FAILED, NOTHING = Kind.failed, None
SAYS = {
    "postfix_no_such_mailbox": (FAILED, "5.1.1", Verdict.hard),
    "gmail_no_such_mailbox": (FAILED, "5.1.1", Verdict.hard),
    "outlook_no_such_mailbox": (FAILED, "5.1.10", Verdict.hard),
    "code_only_in_words": (FAILED, "5.1.1", Verdict.hard),
    "no_enhanced_code": (FAILED, "5.0.0", Verdict.soft),
    "no_such_host": (FAILED, "5.1.2", Verdict.hard),
    "mailbox_switched_off": (FAILED, "5.2.1", Verdict.hard),
    "mailbox_full": (FAILED, "5.2.2", Verdict.soft),
    "gave_up_waiting": (FAILED, "4.4.1", Verdict.soft),
    "delayed": (Kind.delayed, "4.4.1", NOTHING),
    "refused_as_spam": (FAILED, "5.7.1", Verdict.policy),
    "refused_without_dmarc": (FAILED, "5.7.26", Verdict.policy),
    "refused_our_address": (FAILED, "5.1.8", Verdict.policy),
    "two_recipients": (FAILED, "5.1.1", Verdict.hard),
    "only_the_return_address": (FAILED, "5.1.1", Verdict.hard),
    "exim": (FAILED, "5.1.1", Verdict.hard),
    "qmail": (FAILED, "5.1.1", Verdict.hard),
    "complaint": (Kind.complaint, "", Verdict.complaint),
    "complaint_without_its_reader": (Kind.complaint, "", Verdict.complaint),
}
SILENT = {
    "delivered": Kind.automatic,
    "not_spam_after_all": Kind.other,
    "away_outlook": Kind.automatic,
    "away_without_headers": Kind.automatic,
    "a_person_who_answers": Kind.other,
}


def read(raw: bytes) -> Report:
    return read_message(message_from_bytes(raw))


@pytest.mark.parametrize("name", SAYS)
def test_what_came_back_is_understood(name: str) -> None:
    report = read((CORPUS / f"{name}.eml").read_bytes())
    kind, status, counts_as = SAYS[name]

    assert (report.kind, report.status, verdict(report)) == (kind, status, counts_as)
    assert (report.letter, report.recipient) == (OURS, ANNA)


@pytest.mark.parametrize("name", SILENT)
def test_what_is_no_bounce_counts_for_nothing(name: str) -> None:
    report = read((CORPUS / f"{name}.eml").read_bytes())

    assert (report.kind, verdict(report)) == (SILENT[name], NOTHING)


def test_somebody_elses_letter_is_not_ours() -> None:
    report = read((CORPUS / "somebody_elses_letter.eml").read_bytes())

    assert (report.kind, report.letter) == (Kind.failed, None)


def test_every_file_of_the_corpus_is_looked_at() -> None:
    named = {*SAYS, *SILENT, "somebody_elses_letter", "broken"}

    assert {path.stem for path in CORPUS.glob("*.eml")} == named


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.eml")), ids=lambda path: str(path.stem))
def test_nothing_makes_reading_fail(path: Path) -> None:
    whole = path.read_bytes()
    chance = random.Random(path.stem)
    for _ in range(60):
        bent = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(bent))
            bent[place : place + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 4))
        read(bytes(bent))
        read(whole[: chance.randrange(len(whole))])
    read(b"")


def report_of(recipient: bytes, words: bytes = b"550 5.1.1 unknown") -> bytes:
    return (
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Action: failed\r\nFinal-Recipient: rfc822; %b\r\nDiagnostic-Code: smtp; %b\r\n\r\n"
        b"--x--\r\n" % (recipient, words)
    )


def test_an_endless_line_takes_no_time() -> None:
    begun = time.process_time()
    read(report_of(b"a" * 300_000))
    read(b"From: a@b.example\r\nSubject: " + b"=?a?q?x " * 30_000 + b"\r\n\r\nx")

    assert time.process_time() - begun < 2


def test_what_no_database_keeps_is_left_out() -> None:
    assert read(report_of(b"anna@example.com", b"550 5.1.1 a\x00b")).words == "550 5.1.1 ab"


def test_a_subject_that_is_badly_encoded_is_none() -> None:
    report = read(b"From: a@b.example\r\nSubject: =?utf-8?b?abcde?=\r\n\r\nx")

    assert report.kind is Kind.other
