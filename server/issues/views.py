"""What people see of an issue."""

from dataclasses import dataclass
from datetime import datetime

from emails.issues import Frame, Words
from server.issues import rules
from server.newsletters.views import MailingList
from server.web.links import absolute


@dataclass(frozen=True)
class Issue:
    """One issue of a list, with who wrote on it."""

    id: int
    list: MailingList
    state: str
    number: int | None
    subject_nl: str
    subject_en: str
    body_nl: str
    body_en: str
    revision: int
    approved_by: int | None
    approved_at: datetime | None
    scheduled_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    note: str
    changed_at: datetime
    writers: tuple[int, ...]
    writer_names: tuple[str, ...]
    approver: str

    @property
    def words(self) -> dict[str, Words]:
        """Language → what is written in it."""
        return {
            "nl": Words(self.subject_nl, self.body_nl),
            "en": Words(self.subject_en, self.body_en),
        }

    @property
    def may_be_written(self) -> bool:
        """Its text can still be changed."""
        return self.state in rules.TO_WRITE

    @property
    def has_begun(self) -> bool:
        """Somebody may have got it."""
        return self.state in rules.BEGUN

    @property
    def path(self) -> str:
        """Where it is worked on."""
        return f"/board/issues/{self.id}"

    @property
    def public_path(self) -> str:
        """Where it is read, once it is sent; before that the archive it will stand in."""
        return f"{self.archive_path}/{self.number}" if self.number else self.archive_path

    @property
    def archive_path(self) -> str:
        """Where its list keeps what was sent."""
        return f"/newsletters/archive/{self.list.slug}"

    def subject(self, language: str) -> str:
        """Its subject in the reader's language, else in the other."""
        return (self.subject_en if language == "en" else self.subject_nl) or self.subject_nl

    def frame(self, language: str, *, is_test: bool = False) -> Frame:
        """What stands around it for readers of a language."""
        why = self.list.audience if self.list.is_automatic else "public"
        return Frame(self.list.name(language), why, absolute(self.public_path), is_test)


@dataclass(frozen=True)
class Delivery:
    """What became of an issue for one address."""

    id: int
    person_id: int | None
    email: str
    name: str
    language: str
    test: int
    state: str
    reason: str
    attempts: int
    sent_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True)
class Progress:
    """How far a sending is: state of its deliveries → how many."""

    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Everybody it was queued for."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those for whom it is decided."""
        return sum(self.counts.get(name, 0) for name in ("sent", "failed", "skipped"))
