"""What holders do with their own profile, and what the board decides of it."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import asyncpg

from emails.letters import directory as letters
from server import clock, language
from server.accounts import holders
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.consent import service as consent
from server.consent.service import Answer
from server.database import execute, transaction
from server.directory import queries
from server.directory.queries import OwnProfile
from server.directory.refusals import NotAMember, NothingToFind, NotOfThisType
from server.directory.rules import FIELDS, TERMS
from server.directory.states import PROFILE
from server.errors import Invalid, NotFound, Stale
from server.outbox import service as outbox
from server.people import rules as people
from server.people.titles import unproved_titles
from server.rights import Area
from server.web import links, slugs
from tables.consent import ConsentAction
from tables.directory import Profile, Visibility

WORDS = "profile.public"
TEXTS = ("headline", "headline_en", "about", "about_en", "website", "languages")


async def publish_words(now: datetime) -> None:
    """The words to which somebody agrees who makes a field public; other words, new version."""
    said = {f"text_{lang}": language.text(lang, "directory.own.consent") for lang in ("nl", "en")}
    await consent.publish_words(SYSTEM, WORDS, now=now, **said)


async def save(
    actor: Actor, values: Mapping[str, Any], *, expected_revision: int | None, now: datetime
) -> None:
    """Keep the holder's own words, terms and who sees what; the first time begins the profile.

    `values`: TEXTS, each of TERMS as codes, and `shown` (field → visibility). Each field that
    becomes public is a consent, each that ceases to be one its withdrawal (AVG art. 7).
    `expected_revision` is 0 of a form that was to begin the profile.
    Raises Invalid; refuses: NotAMember, Stale.
    """
    async with transaction():
        own = await _own(actor)
        begun = own or await _begin(actor, now)
        await execute("SELECT 1 FROM profile WHERE id = $1 FOR UPDATE", begun.whole.id)
        profile = await queries.by_id(begun.whole.id, clock.today())
        if expected_revision not in (None, profile.revision if own else 0):
            raise Stale
        _check(values, profile)
        await _keep_texts(actor, profile, values, now)
        await _keep_terms(actor, profile, values)
        await _keep_visibility(actor, profile, values["shown"], now)


def _check(values: Mapping[str, Any], profile: OwnProfile) -> None:
    texts = ("headline", "headline_en", "about", "about_en")
    wrong = {
        name: "directory.field.title_unproved"
        for name in texts
        if unproved_titles(str(values[name]), profile.whole.titles)
    }
    if wrong:
        raise Invalid(**wrong)


async def _own(actor: Actor) -> OwnProfile | None:
    return await queries.of_person(actor.person_id or 0, clock.today())


async def _begin(actor: Actor, now: datetime) -> OwnProfile:
    if not actor.is_member:
        raise NotAMember
    slug = await slugs.free(
        "profile", slugs.slug_of(actor.name, otherwise="psycholoog"), former="former_slugs"
    )
    row = Profile(person=actor.person_id, slug=slug, created_at=now, changed_at=now)
    try:
        async with transaction():
            await row.save()
    except asyncpg.UniqueViolationError:
        raise Stale from None
    await audit.record(actor, "create", ("profile", row.id), after={"slug": slug})
    return await queries.by_id(row.id, clock.today())


async def _keep_texts(
    actor: Actor, profile: OwnProfile, values: Mapping[str, Any], now: datetime
) -> None:
    before = {name: getattr(profile.whole, name) for name in TEXTS}
    before["languages"] = list(before["languages"])
    after = {name: values[name] for name in TEXTS if values[name] != before[name]}
    assignments = "".join(f'"{name}" = ${n}, ' for n, name in enumerate(after, start=3))
    await execute(
        f"UPDATE profile SET {assignments} changed_at = $2, revision = revision + 1 WHERE id = $1",
        *(profile.whole.id, now, *after.values()),
    )
    if after:
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("profile", profile.whole.id), before=was, after=after)


async def _keep_terms(actor: Actor, profile: OwnProfile, values: Mapping[str, Any]) -> None:
    wanted = {(vocabulary, code) for vocabulary in TERMS for code in values[vocabulary]}
    gone, new = profile.whole.terms - wanted, wanted - profile.whole.terms
    for vocabulary, code in gone:
        await execute(
            "DELETE FROM profile_term WHERE profile = $1 AND vocabulary = $2 AND code = $3",
            *(profile.whole.id, vocabulary, code),
        )
    for vocabulary, code in new:
        await execute(
            "INSERT INTO profile_term (profile, vocabulary, code) VALUES ($1, $2, $3)",
            *(profile.whole.id, vocabulary, code),
        )
    if gone or new:
        await audit.record(
            actor,
            "change",
            ("profile", profile.whole.id),
            before={"terms": sorted(f"{v}:{c}" for v, c in profile.whole.terms)},
            after={"terms": sorted(f"{v}:{c}" for v, c in wanted)},
        )


async def _keep_visibility(
    actor: Actor, profile: OwnProfile, shown: Mapping[str, str], now: datetime
) -> None:
    before = {name: profile.whole.visibility.get(name, "hidden") for name in FIELDS}
    after = {name: shown[name] for name in FIELDS if shown.get(name, "hidden") != before[name]}
    for name, visibility in after.items():
        await execute(
            "INSERT INTO profile_field (profile, field, visibility, changed_at)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (profile, field)"
            " DO UPDATE SET visibility = $3, changed_at = $4",
            *(profile.whole.id, name, visibility, now),
        )
        if Visibility.public in (visibility, before[name]):
            is_yes = visibility == Visibility.public
            await _consent(actor, profile, name, is_yes=is_yes, now=now)
    if after:
        was = {name: before[name] for name in after}
        entity = ("profile", profile.whole.id)
        await audit.record(actor, "change", entity, before={"shown": was}, after={"shown": after})


async def _consent(
    actor: Actor, profile: OwnProfile, name: str, *, is_yes: bool, now: datetime
) -> None:
    answer = Answer(
        address_key=people.email_key(profile.email),
        purpose=f"profile:{name}",
        action=ConsentAction.given if is_yes else ConsentAction.withdrawn,
        channel="directory",
        text_code=WORDS,
        person_id=profile.person_id,
    )
    await consent.record(actor, answer, now=now)


async def say_referrals(
    actor: Actor, *, accepts: bool | None, waiting_weeks: int | None, now: datetime
) -> None:
    """Whether the holder takes new people, and the wait in weeks; it counts for ninety days."""
    after = {"accepts_referrals": accepts, "waiting_weeks": waiting_weeks if accepts else None}
    async with transaction():
        profile = await _required(actor)
        await execute(
            "UPDATE profile SET accepts_referrals = $2, waiting_weeks = $3, referrals_said_on = $4,"
            " changed_at = $5, revision = revision + 1 WHERE id = $1",
            *(profile.whole.id, *after.values(), clock.day_of(now), now),
        )
        await audit.record(actor, "say_referrals", ("profile", profile.whole.id), after=after)


async def confirm(actor: Actor, *, now: datetime) -> None:
    """The holder looked at the whole and says that it still is right, once a year."""
    async with transaction():
        profile = await _required(actor)
        day = clock.day_of(now)
        await execute("UPDATE profile SET confirmed_on = $2 WHERE id = $1", profile.whole.id, day)
        after = {"confirmed_on": day}
        await audit.record(actor, "confirm", ("profile", profile.whole.id), after=after)


async def follow_name(actor: Actor, *, now: datetime) -> None:
    """Give the page an address of the name of today; the old one leads to it from now on.

    An address that is of this name already stays. No old address ever becomes somebody else's.
    """
    async with transaction():
        profile = await _required(actor)
        wanted = slugs.slug_of(profile.whole.name, otherwise="psycholoog")
        if re.fullmatch(rf"{wanted}(-\d+)?", profile.whole.slug):
            return
        slug = await slugs.free("profile", wanted, former="former_slugs")
        await execute(
            "UPDATE profile SET slug = $2, former_slugs = array_append(former_slugs, slug)"
            " WHERE id = $1",
            *(profile.whole.id, slug),
        )
        was, after = {"slug": profile.whole.slug}, {"slug": slug}
        await audit.record(actor, "change", ("profile", profile.whole.id), before=was, after=after)


async def submit(actor: Actor, *, now: datetime) -> None:
    """Ask the board to publish. Refuses: NotAMember, NotOfThisType, NothingToFind, WrongState."""
    if not actor.is_member:
        raise NotAMember
    async with transaction():
        profile = await _required(actor)
        if not any(v == Visibility.public for v in profile.whole.visibility.values()):
            raise NothingToFind
        await require_type(profile.person_id, now=now)
        row = await PROFILE.move(profile.whole.id, "submit", actor=actor)
        url = links.absolute(f"/board/profiles/{profile.whole.slug}")
        for reader in await holders.recipients(Area.people):
            cause = f"profile:{profile.whole.id}:arrived:{row['revision']}:{reader.person_id}"
            letter = letters.ProfileArrived(holder=profile.whole.name, url=url)
            await outbox.post(letter, reader, cause=cause)


async def require_type(person_id: int, *, now: datetime) -> None:
    """Refuses: NotOfThisType, for who holds no membership today that is in the directory."""
    if not await queries.has_type_for_it(person_id, clock.day_of(now)):
        raise NotOfThisType


async def hide_own(actor: Actor) -> None:
    """The holder is not to be found any more, from this moment. Refuses: WrongState."""
    async with transaction():
        profile = await _required(actor)
        await PROFILE.move(profile.whole.id, "hide", actor=actor)


async def _required(actor: Actor) -> OwnProfile:
    profile = await _own(actor)
    if profile is None:
        raise NotFound
    return profile
