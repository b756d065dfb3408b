"""Long random histories: the rule, the SQL and a slow reference agree on every single day."""

import random
from datetime import date, timedelta

import pytest

from server.database import execute, transaction
from server.memberships import queries
from server.memberships.rules import Status
from server.standing import belongs, stands
from tables.memberships import Membership, MembershipSuspension, MembershipType
from tests.newsletters.cast import person

DAY = timedelta(days=1)
BEGIN = date(2019, 1, 1)
DAYS = 2400
TYPES = {"gewoon": 0, "proef": 14, "jaar": 45}

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


class Reference:
    """A calendar that is painted day by day, from the least to the most important."""

    def __init__(self) -> None:
        self.days = [Status.contact] * DAYS

    def paint(self, first: date, last: date | None, status: Status, *, over: set[Status]) -> None:
        """Give every day of a span this status, where it shows one of `over`."""
        until = last or BEGIN + DAYS * DAY
        for n in range(max(0, (first - BEGIN).days), min(DAYS, (until - BEGIN).days + 1)):
            if self.days[n] in over:
                self.days[n] = status


Spans = list[tuple[date, date | None, int, str | None]]
APPEAL = 31 * DAY


def paint_periods(reference: Reference, spans: Spans) -> None:
    """Ended since the first of them, then grace over it, then the periods themselves.

    Here the association ends a membership by expulsion only.
    """
    everything = set(Status)
    for first, _, _, _ in spans:
        reference.paint(first, None, Status.ended, over=everything)
    for first, last, grace, ended_by in spans:
        if last and not ended_by:
            reference.paint(first, last + grace * DAY, Status.grace, over=everything)
    for n, (_, last, _, ended_by) in enumerate(spans):
        if last and ended_by == "association":
            until = min([last + APPEAL, *(first - DAY for first, *_ in spans[n + 1 : n + 2])])
            reference.paint(last + DAY, until, Status.suspended, over=everything)
    for first, last, _, _ in spans:
        reference.paint(first, last, Status.active, over=everything)


async def suspend(person_id: int, chance: random.Random, reference: Reference) -> None:
    """Some days without rights."""
    day = BEGIN + chance.randint(0, 400) * DAY
    while chance.random() < 0.6:
        last = day + chance.randint(0, 90) * DAY
        await MembershipSuspension(person=person_id, from_on=day, until_on=last, reason="x").save()
        reference.paint(day, last, Status.suspended, over={Status.active, Status.grace})
        day = last + chance.randint(1, 400) * DAY


async def history(seed: int, types: dict[str, int]) -> tuple[int, Reference]:
    """One person with some years of membership, as rows and as a painted calendar."""
    chance = random.Random(seed)
    who = await person(f"p{seed}@example.org", f"P{seed}")
    spans: Spans = []
    reference, day = Reference(), BEGIN + chance.randint(0, 200) * DAY
    while chance.random() < 0.8 and day < BEGIN + 2000 * DAY:
        code = chance.choice(list(TYPES))
        last = day + chance.randint(0, 500) * DAY if chance.random() < 0.9 else None
        ended_by = chance.choice([None, "member", "association", "conversion"]) if last else None
        spans.append((day, last, TYPES[code], ended_by))
        await Membership(
            person=who.id,
            type=types[code],
            number=seed,
            starts_on=day,
            ends_on=last,
            ended_by=ended_by,
            ground="expulsion" if ended_by == "association" else None,
        ).save()
        if last is None:
            break
        day = last + chance.choice([1, 1, 2, 30, 300]) * DAY
    paint_periods(reference, spans)
    await suspend(int(who.id), chance, reference)
    if chance.random() < 0.3:
        died = BEGIN + chance.randint(0, DAYS) * DAY
        await execute("UPDATE person SET deceased_on = $2 WHERE id = $1", who.id, died)
        reference.paint(died, None, Status.deceased, over=set(Status))
    return int(who.id), reference


async def test_every_day_of_long_histories() -> None:
    types = {}
    for code, grace in TYPES.items():
        row = MembershipType(code=code, name_nl=code, name_en=code, grace_days=grace)
        await row.save()
        types[code] = int(row.id)
    seen: set[Status] = set()
    for seed in range(25):
        async with transaction():
            person_id, reference = await history(seed, types)
        standing = await queries.standing(person_id)
        found = [standing.status_on(BEGIN + n * DAY) for n in range(DAYS)]
        assert found == reference.days, f"history {seed}"
        seen |= set(found)

        living = await execute(
            f"SELECT d::date AS day, {stands('p.id', 'd::date')} AS stands,"
            f" {belongs('p.id', 'd::date')} AS belongs"
            " FROM person p, generate_series($2::date, $3::date, interval '1 day') d"
            " WHERE p.id = $1 AND (p.deceased_on IS NULL OR d::date < p.deceased_on)",
            *(person_id, BEGIN, BEGIN + (DAYS - 1) * DAY),
        )
        rights = {Status.active, Status.grace}
        for row in living:
            status = found[(row["day"] - BEGIN).days]
            assert row["stands"] is (status in rights), (seed, row)
            assert row["belongs"] is (status in rights | {Status.suspended}), (seed, row)
    assert seen == set(Status) - {Status.applicant}


async def test_control_a_reference_without_grace_disagrees() -> None:
    """The comparison can fail: leave the grace out and it does."""
    row = MembershipType(code="jaar", name_nl="j", name_en="j", grace_days=45)
    await row.save()
    who = await person("p@example.org")
    end = BEGIN + 10 * DAY
    await Membership(person=who.id, type=row.id, number=1, starts_on=BEGIN, ends_on=end).save()
    painted = Reference()
    painted.paint(BEGIN, end, Status.active, over={Status.contact})
    painted.paint(end + DAY, None, Status.ended, over={Status.contact})

    standing = await queries.standing(int(who.id))

    assert [standing.status_on(BEGIN + n * DAY) for n in range(DAYS)] != painted.days
