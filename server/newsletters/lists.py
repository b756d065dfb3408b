"""The lists themselves: opening and changing them, and the first ones."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from server import language, settings
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.consent import service as consent
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.newsletters import queries, rules
from tables.newsletters import Audience, NewsletterList, OptIn


async def create_list(actor: Actor, values: dict[str, object], _now: datetime) -> int:
    """Open a new list; its `list_id` (RFC 2919) is made here and never changes.

    Raises Invalid for a slug that fits no address, and for lists that people could be put on.
    """
    check(values)
    async with transaction():
        row = NewsletterList(list_id=_list_id(str(values["slug"])))
        for name, value in values.items():
            row[name] = value
        await row.save()
        await audit.record(actor, "create", ("newsletter_list", row.id), after=values)
    return row.id


async def change_list(
    actor: Actor, list_id: int, values: Mapping[str, object], now: datetime
) -> None:
    """Change columns of a list. Raises Invalid as `create_list` does, and NotFound."""
    async with transaction():
        rows = await execute("SELECT * FROM newsletter_list WHERE id = $1 FOR UPDATE", list_id)
        if not rows:
            raise NotFound
        before = rows[0]
        check({**before, **values})
        changed = {**values, "changed_at": now, "revision": before["revision"] + 1}
        assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(changed, start=2))
        await execute(
            f"UPDATE newsletter_list SET {assignments} WHERE id = $1", list_id, *changed.values()
        )
        was = {name: before[name] for name in values}
        await audit.record(
            actor, "change", ("newsletter_list", list_id), before=was, after=dict(values)
        )


def check(values: Mapping[str, object]) -> None:
    """What a list must be. Raises Invalid with every problem."""
    problems = rules.problems_of_list(values)
    if problems:
        raise Invalid(**problems)


async def set_up(now: datetime) -> None:
    """The words of the consent, and the first lists when there are none. Again is harmless."""
    said = {name: language.text(name, "newsletters.words") for name in language.LANGUAGES}
    await consent.publish_words(
        SYSTEM, rules.WORDS, text_nl=said["nl"], text_en=said["en"], now=now
    )
    if not await queries.lists():
        await _first_lists(now)


async def _first_lists(now: datetime) -> None:
    first = {
        "newsletter": (Audience.public, OptIn.double),
        "members": (Audience.members, OptIn.automatic),
    }
    for position, (slug, (audience, opt_in)) in enumerate(first.items(), start=1):
        words = {
            f"{what}_{name}": language.text(name, f"newsletters.first.{slug}.{what}")
            for what in ("name", "description")
            for name in language.LANGUAGES
        }
        kind = {"slug": slug, "audience": audience.value, "opt_in": opt_in.value}
        await create_list(SYSTEM, {**kind, "position": position, **words}, now)


def _list_id(slug: str) -> str:
    host = urlsplit(settings.current().base_url).hostname or "localhost"
    return f"{slug}.lists.{host}"
