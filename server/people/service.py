"""Making and changing people. What follows from a name or an address is computed only here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from emails.letters.people import AddressCorrected
from server import clock, locks
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal, Stale
from server.outbox import service as outbox
from server.people import numbers, provinces, rules, titles, two_people
from tables.people import EmailState, Person

LOCKS = 1024
HELD = """SELECT 1 FROM role_grant WHERE person = $1
  AND (until_on IS NULL OR until_on >= $2)"""
NAME_COLUMNS = tuple(rules.Name.__dataclass_fields__)
WHERE_FROM = frozenset({"postcode", "country"})


class EmailTaken(Refusal):
    """Somebody else has this address already."""

    code = "people.email_taken"


class NoLongerHere(Refusal):
    """This person has died, was erased, or has become part of another."""

    code = "people.no_longer_here"


class OwnAddress(Refusal):
    """No office gives oneself another address: the new one is proved first, on one's own page."""

    code = "people.own_address"


class AddressNeeded(Refusal):
    """Who holds an office comes in by their address; without one nobody might be left to."""

    code = "people.address_needed"


@dataclass(frozen=True)
class PersonForm:
    """What one needs to know of a new person."""

    surname: str
    initials: str = ""
    first_name: str = ""
    prefix: str = ""
    email: str = ""
    language: str = "nl"


async def find_by_email(email: str) -> Person | None:
    """The person with this address, if we know one who can still be written to."""
    return await Person.objects().get(
        (Person.email_key == rules.email_key(email))
        & Person.deceased_on.is_null()
        & Person.merged_into.is_null()
    )


async def is_of_deceased(email: str) -> bool:
    """Whether this address still stands with somebody who died."""
    return await Person.exists().where(
        (Person.email_key == rules.email_key(email)) & Person.deceased_on.is_not_null()
    )


async def get(person_id: int) -> Person:
    """One person. Raises NotFound."""
    person = await Person.objects().get(Person.id == person_id)
    if person is None:
        raise NotFound
    return person


async def family(person_id: int) -> list[int]:
    """Somebody and everybody who was merged into them."""
    rows = await execute(
        "WITH RECURSIVE one(id) AS (SELECT $1::int UNION SELECT p.id FROM person p"
        " JOIN one ON p.merged_into = one.id) SELECT id FROM one ORDER BY id",
        person_id,
    )
    return [int(row["id"]) for row in rows]


async def require_living(person_id: int) -> None:
    """Hold a person about whom something is decided, so that their end waits for it.

    Raises NotFound; refuses: NoLongerHere.
    """
    rows = await execute(
        "SELECT deceased_on, anonymised_at, merged_into FROM person WHERE id = $1 FOR UPDATE",
        person_id,
    )
    if not rows:
        raise NotFound
    if any(end is not None for end in rows[0].values()):
        raise NoLongerHere


async def create(actor: Actor, form: PersonForm, *, now: datetime) -> int:
    """Make a person. Raises Invalid; refuses: EmailTaken."""
    return await create_from(actor, asdict(form), now=now)


async def create_from(actor: Actor, values: Mapping[str, object], *, now: datetime) -> int:
    """Make a person from columns. Raises Invalid; refuses: EmailTaken."""
    kept = computed(values)
    async with transaction():
        await _require_free(kept["email_key"], None)
        person = Person(**{**kept, "created_at": now, "changed_at": now})
        await person.save()
        await audit.record(actor, "create", ("person", person.id), after=dict(values))
    return int(person.id)


async def find_or_create_contact(
    actor: Actor, *, name: str, email: str, language: str, now: datetime
) -> int:
    """The person with this address, else a new contact; never overwrites what we know.

    Two strangers at the same moment with one address become one person.
    """
    async with transaction():
        await _lock(rules.email_key(email))
        found = await find_by_email(email)
        if found is not None:
            return int(found.id)
        values = {**asdict(rules.name_from(name)), "email": email, "language": language}
        return await create_from(actor, values, now=now)


async def change(
    actor: Actor,
    person_id: int,
    values: Mapping[str, object],
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """Change columns of a person.

    Raises Invalid, ProofNeeded; refuses: EmailTaken, OwnAddress, AddressNeeded, AnotherPerson,
    Stale.
    """
    async with transaction():
        rows = await execute("SELECT * FROM person WHERE id = $1 FOR UPDATE", person_id)
        if not rows:
            raise NotFound
        before: dict[str, Any] = rows[0]
        if expected_revision not in (None, before["revision"]):
            raise Stale
        after, kept = _worked_out(before, values)
        if not after:
            return
        if actor.person_id == person_id and {*titles.IN_NAME, *titles.BESIDE_NAME} & {*after}:
            await numbers.require_proved(person_id, {**before, **kept}, clock.day_of(now))
        if "email" in after:
            if actor.is_board and actor.person_id == person_id:
                raise OwnAddress
            await two_people.require_may_correct(actor, person_id, now=now)
            await require_reachable(person_id, kept["email"], now=now)
            await _require_free(kept["email_key"], person_id)
            after["email_state"] = kept["email_state"] = EmailState.unverified.value
            await forget_questions(person_id)
        changed = {k: v for k, v in kept.items() if k in before and before[k] != v}
        changed |= {"changed_at": now, "revision": before["revision"] + 1}
        assignments = ", ".join(f'"{k}" = ${n}' for n, k in enumerate(changed, start=2))
        await execute(
            f"UPDATE person SET {assignments} WHERE id = $1", person_id, *changed.values()
        )
        was = {k: before[k] for k in after}
        await audit.record(actor, "change", ("person", person_id), before=was, after=after)
        if "email" in after and actor.person_id != person_id:
            await tell_old_address(before, str(kept["email"] or ""))


async def require_reachable(person_id: int, email: object, *, now: datetime) -> None:
    """Whether somebody can do with this address. Refuses: AddressNeeded, for none at all."""
    if not email and await execute(HELD, person_id, clock.day_of(now)):
        raise AddressNeeded


async def forget_questions(person_id: int) -> None:
    """Whoever asked for another address asks again; see `address_change`."""
    await execute("DELETE FROM email_change WHERE person = $1 AND confirmed_at IS NULL", person_id)


def _worked_out(
    before: Mapping[str, Any], values: Mapping[str, object]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What really changes, and the columns with those that follow. Raises Invalid."""
    after = {k: v for k, v in values.items() if k in before and before[k] != v}
    if not {*NAME_COLUMNS, *WHERE_FROM, "email", "province"} & {*after}:
        return after, dict(after)
    elsewhere = {"province": ""} if WHERE_FROM & {*after} else {}
    kept = computed({**before, **elsewhere, **after})
    return {k: kept[k] for k in after if kept[k] != before[k]}, kept


async def tell_old_address(before: Mapping[str, Any], email: str) -> None:
    """Whoever else changes an address, its holder is told there: nobody takes one over unseen."""
    if before["email"]:
        letter = AddressCorrected(new_address=email or "–")
        to = outbox.Recipient(
            before["id"], before["display_name"], before["email"], before["language"]
        )
        cause = f"person:{before['id']}:address:{before['revision']}"
        await outbox.post(letter, to, cause=cause)


async def is_free(email_key: str | None, *, but: int | None) -> bool:
    """Whether nobody but somebody has an address; until the caller is done nobody takes it."""
    await _lock(email_key)
    return not await execute(
        "SELECT 1 FROM person WHERE email_key = $1 AND id <> $2", email_key, but or 0
    )


async def confirm_email(person_id: int, *, now: datetime) -> None:
    """The person reads this mailbox, also one that was paused; again changes nothing."""
    async with transaction():
        rows = await execute(
            "UPDATE person SET email_state = 'ok', changed_at = $2, revision = revision + 1"
            " WHERE id = $1 AND email_state IN ('unverified', 'hold') RETURNING display_name",
            person_id,
            now,
        )
        if rows:
            holder = Actor(person_id=person_id, name=rows[0]["display_name"])
            await audit.record(holder, "confirm_email", ("person", person_id))


def computed(values: Mapping[str, object]) -> dict[str, Any]:
    """The columns with the ones that follow from them. Raises Invalid with every problem."""
    problems: dict[str, str] = {}
    if not str(values.get("surname") or "").strip():
        problems["surname"] = "errors.field.required"
    email = str(values.get("email") or "").strip()
    if email and not rules.valid_email(email):
        problems["email"] = "errors.field.email"
    if problems:
        raise Invalid(**problems)
    given = {k: str(values[k]) for k in NAME_COLUMNS if values.get(k)}
    name = rules.tidied(rules.Name(**given))
    country = str(values.get("country") or "NL")
    said = str(values.get("province") or "") if country == "NL" else ""
    return {
        **values,
        "province": provinces.of_postcode(str(values.get("postcode") or ""), country) or said,
        **{k: getattr(name, k) for k in given},
        "email": email or None,
        "email_key": rules.email_key(email) if email else None,
        "sort_key": rules.sort_key(name)[:300],
        "search_key": rules.search_key(name, email),
        "display_name": rules.display_name(name)[:300],
    }


async def _lock(email_key: str | None) -> None:
    """Whoever else wants this address waits until we are done with it.

    Addresses share a bounded number of locks, so that one transaction can bring in thousands.
    """
    if email_key:
        await execute(
            "SELECT pg_advisory_xact_lock($1, hashtext($2) % $3)", locks.ADDRESS, email_key, LOCKS
        )


async def _require_free(email_key: str | None, but: int | None) -> None:
    if not await is_free(email_key, but=but):
        raise EmailTaken
