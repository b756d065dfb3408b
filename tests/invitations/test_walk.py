"""Long random lives: whatever happens, a calendar that only reads its mails ends up right."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from server.actors import SYSTEM
from server.calendars import entries
from server.database import execute
from server.errors import Refusal
from server.invitations import choice
from server.invitations.choice import Choice
from server.registrations import organising, places, queries, service
from tables.calendars import ComesBy
from tables.events import Event
from tables.people import Person
from tests import factories
from tests.factories import acting
from tests.invitations.cast import Mail, send
from tests.outbox import owing
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
HOUR = timedelta(hours=1)
STEPS = 60


@dataclass
class Client:
    """A calendar program: the highest SEQUENCE of a UID counts, in whatever order mails come."""

    seen: list[int] = field(default_factory=list)
    newest: int = -1
    starts: str = ""

    def read(self, mail: Mail) -> None:
        if not mail.parts:
            return
        method, sequence = mail.told
        self.seen.append(sequence)
        if sequence > self.newest:
            self.newest = sequence
            self.starts = mail.value("DTSTART") if method == "REQUEST" else ""


class Life:
    """One event with one place, two people who want it, and a mail server with its moods."""

    def __init__(self, mailbox: Mailbox, seed: int) -> None:
        self.mailbox, self.chance, self.at = mailbox, random.Random(seed), EARLY
        self.people: list[Person] = []
        self.mails: dict[str, list[Mail]] = {}
        self.event: Event

    async def begin(self) -> None:
        self.people = [await factories.member("Anna"), await factories.known("Dirk")]
        self.event, _ = await factories.open_event(1, published_at=EARLY)
        for one in self.people:
            await choice.choose(acting(one), Choice(ComesBy.both, ComesBy.both), now=EARLY)

    async def step(self) -> None:
        self.at += timedelta(minutes=2)
        deed = self.chance.choice(
            [
                self.come,
                self.come,
                self.accept,
                self.leave,
                self.off,
                self.move,
                self.mail,
                self.mail,
            ]
        )
        try:
            await deed()
        except Refusal:
            return

    async def come(self) -> None:
        await register(self.chance.choice(self.people), self.event.id, now=self.at)

    async def _one(self) -> tuple[Person, queries.RegistrationView | None]:
        who = self.chance.choice(self.people)
        return who, await queries.find(self.event.id, who.id)

    async def accept(self) -> None:
        who, view = await self._one()
        if view is not None:
            await service.accept(acting(who), view.code, now=self.at)

    async def leave(self) -> None:
        who, view = await self._one()
        if view is not None:
            await service.cancel(acting(who), view.code, now=self.at)

    async def off(self) -> None:
        _, view = await self._one()
        if view is not None:
            await places.remove(SYSTEM, view.line_id, now=self.at)

    async def move(self) -> None:
        row = (await execute("SELECT starts_at, ends_at FROM event"))[0]
        by = HOUR * self.chance.choice((1, 24, 48))
        values = {"starts_at": row["starts_at"] + by, "ends_at": row["ends_at"] + by}
        await organising.change_event(SYSTEM, self.event.id, values, now=self.at)

    async def mail(self) -> None:
        """Sometimes nobody answers, sometimes a letter is put off or the line breaks."""
        mood = self.chance.randrange(5)
        if mood == 0:
            owing.send_by("smtp://127.0.0.1:9")
        elif mood == 1:
            self.mailbox.at_recipient = ["451 later"]
        elif mood == 2:
            self.mailbox.hang_ups = 1
        await self.deliver()
        owing.send_by(self.mailbox.url)

    async def deliver(self) -> None:
        for mail in await send(self.mailbox, self.at):
            self.mails.setdefault(str(mail.message["To"]), []).append(mail)

    async def end(self) -> None:
        """Everything that waits goes out."""
        self.mailbox.at_recipient, self.mailbox.hang_ups = [], 0
        for _ in range(8):
            self.at += 5 * HOUR
            await self.deliver()
        rows = await execute("SELECT state FROM outbox_letter WHERE state <> 'sent'")
        assert rows == []


@pytest.mark.parametrize("seed", range(10))
async def test_a_calendar_that_reads_its_mails_is_right_in_the_end(
    mailbox: Mailbox, seed: int
) -> None:
    life = Life(mailbox, seed)
    await life.begin()
    for _ in range(STEPS):
        await life.step()
    await life.end()

    for who in life.people:
        client, shuffled = Client(), Client()
        mails = life.mails.get(who.email or "", [])
        for mail in mails:
            client.read(mail)
        for mail in life.chance.sample(mails, len(mails)):
            shuffled.read(mail)
        view = await queries.find(life.event.id, who.id)
        shown = await entries.personal_entries(who.id, "nl", life.at)
        has_place = view is not None and view.state == "confirmed"
        (row,) = await execute(
            "SELECT to_char(starts_at AT TIME ZONE 'Europe/Amsterdam', 'YYYYMMDD\"T\"HH24MISS')"
            " AS starts FROM event"
        )
        assert client.starts == (row["starts"] if has_place else "")
        assert (shuffled.starts, shuffled.newest) == (client.starts, client.newest)
        assert all(entry.sequence >= client.newest for entry in shown)
        uids = {mail.value("UID") for mail in mails if mail.parts}
        assert len(uids) <= 1
