"""Sections are filled from what is new: each item once, under its own heading."""

from datetime import timedelta

import pytest

from server import clock
from server.issues import filling, queries
from server.news import Item, Section, Source, both
from server.web.links import absolute
from tests.issues.cast import draft, due, office
from tests.newsletters.cast import mailing_list

pytestmark = pytest.mark.anyio
NOW = clock.now()


def item(name: str, section: Section = Section.agenda, *, is_public: bool = True) -> Item:
    return Item(section, f"/events/{name}", NOW, both(name.title(), f"{name} (en)"), both("", ""),
                is_public)  # fmt: skip


def source(*items: Item) -> Source:
    async def give(_since: object, _now: object) -> list[Item]:
        return list(items)

    return Source(give)


def test_an_item_comes_under_its_heading_and_a_new_heading_at_the_end() -> None:
    body = "Beste,\n\n## Agenda\n\n- Al iets\n\n## Van het bestuur\n\nDank.\n"

    found = filling.fill(body, [item("dag"), item("pijn", Section.resources)], "nl")

    assert found == (
        "Beste,\n\n## Agenda\n\n- Al iets\n"
        "- [Dag](http://localhost:8000/events/dag)\n\n## Van het bestuur\n\nDank.\n"
        "\n## Bronnen\n\n- [Pijn](http://localhost:8000/events/pijn)\n"
    )
    assert filling.fill(found, [item("dag")], "nl") == found  # once is enough


def test_a_title_is_no_markdown() -> None:
    odd = Item(Section.agenda, "/events/x", NOW, both("[Dag](https://kwaad) *vet*", ""),
               both("a_b", ""))  # fmt: skip
    assert r"- [\[Dag\](https://kwaad) \*vet\*](http" in filling.fill("", [odd], "nl")


async def test_each_item_once_over_all_issues_of_a_list(db: None) -> None:
    issue_id = await due(1)
    sent = await queries.get_issue(issue_id)
    anna = await office("Zoe")
    told = f"[Dag]({absolute('/events/dag')})"
    other = await draft(anna, body_nl=told)
    mine = await queries.get_issue(await draft(anna))
    here = f"[Nu]({absolute('/events/nu')})"

    found = await filling.fresh(
        mine, [here, ""], [source(item("dag"), item("dagen"), item("nu"))], NOW
    )

    assert sent.list.id == mine.list.id
    assert [(one.item.path, one.is_here) for one in found] == [
        ("/events/dagen", False), ("/events/nu", True),
    ]  # fmt: skip
    assert other != mine.id


async def test_what_members_may_read_is_not_told_to_everybody(db: None) -> None:
    await mailing_list()
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna, secret = await office("Anna"), source(item("besloten", is_public=False))
    public = await queries.get_issue(await draft(anna))
    members = await queries.get_issue(await draft(anna, "leden"))

    assert await filling.fresh(public, [], [secret], NOW) == []
    assert len(await filling.fresh(members, [], [secret], NOW)) == 1


async def test_new_is_since_the_text_of_the_last_issue_was_fixed(db: None) -> None:
    asked = []

    async def give(since: object, _now: object) -> list[Item]:
        asked.append(since)
        return []

    await due(1)
    anna = await office("Zoe")
    first = await queries.get_issue(await draft(anna))
    await filling.fresh(first, [], [Source(give)], NOW)
    assert asked == [NOW - filling.FIRST_TIME]  # the other is scheduled, not sent


async def test_every_domain_tells_of_what_appeared(db: None) -> None:
    """The real sources, on a database that holds one of each."""
    from server.app import NEWS  # noqa: PLC0415
    from tests.factories import event  # noqa: PLC0415

    now = clock.now()
    coming = {"starts_at": now + timedelta(9), "ends_at": now + timedelta(9, hours=1)}
    await event(slug="dag", state="published", published_at=now, **coming)
    await event(slug="oud", state="published", published_at=now - timedelta(99), **coming)
    await event(slug="concept", **coming)

    found = [one.path for news in NEWS for one in await news.items(now - timedelta(1), now)]

    assert found == ["/events/dag"]
