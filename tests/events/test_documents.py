"""Documents: brought, renewed, ordered and taken away by the organiser; fetched by who may."""

import html
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock, language
from server.actors import ANONYMOUS, SYSTEM, Actor
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.events import documents, filing, rules
from server.events.rules import Reader
from server.registrations import organising, service, strangers
from server.web.uploads import Upload, taken
from tables.events import DocumentVisibility, Event
from tables.people import Person
from tests import factories
from tests.clients import heading, sign_in, statements
from tests.factories import acting
from tests.registrations.cast import register, stranger

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7 secret words %%EOF\n"
SAID = {"title": "Hand-out", "title_en": "", "visibility": "participants"}
ALL = [one.value for one in DocumentVisibility]


def file(name: str = "hand-out.pdf", content: bytes = PDF) -> Upload:
    return taken(name, content)


async def day(**values: object) -> Event:
    event, _ = await factories.open_event(1, **values)
    return event


async def of_kinds(event: Event, kinds: list[str]) -> dict[str, int]:
    """A document for each sort of reader: visibility → id."""
    return {
        kind: await filing.add(
            *(SYSTEM, event.id, {**SAID, "visibility": kind}, file()), now=clock.now()
        )
        for kind in kinds
    }


async def of_every_kind_but_group(event: Event) -> dict[str, int]:
    """The same of an event that belongs to no group."""
    return await of_kinds(event, [kind for kind in ALL if kind != "group"])


@pytest.mark.parametrize(
    ("reader", "fetched"),
    [
        (Reader(), {"public"}),
        (Reader(is_confirmed=True), {"public", "participants"}),
        (Reader(is_in_group=True), {"public", "group"}),
        (Reader(is_organiser=True), {*ALL}),
    ],
)
def test_who_may_fetch_what(reader: Reader, fetched: set[str]) -> None:
    assert {kind for kind in ALL if rules.may_fetch(kind, reader)} == fetched


async def fetched_by(client: httpx.AsyncClient, path: str, made: dict[str, int]) -> set[str]:
    answers = {kind: await client.get(f"{path}/documents/{key}") for kind, key in made.items()}
    for one in answers.values():
        assert one.status_code == 404 or one.content == PDF
    return {kind for kind, one in answers.items() if one.status_code == 200}


async def test_each_reader_fetches_what_is_for_them(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    event = await day(group=group.id)
    made = await of_kinds(event, ALL)
    anna, waits, path = await factories.anna(), await factories.dirk(), f"/events/{event.slug}"
    await register(anna, event.id)
    await register(waits, event.id)

    assert await fetched_by(client, path, made) == {"public"}
    assert await fetched_by(await sign_in(client, anna), path, made) == {"public", "participants"}
    assert await fetched_by(await sign_in(client, waits), path, made) == {"public"}
    assert await fetched_by(await sign_in(client, bram), path, made) == {*ALL}
    carla = await factories.carla()
    assert await fetched_by(await sign_in(client, carla), path, made) == {*ALL}


async def test_a_member_of_the_group_fetches_what_is_for_the_group(db: None) -> None:
    _, group = await factories.bram()
    event = await day(group=group.id)
    await of_kinds(event, ALL)
    fellow = Actor(person_id=1, is_member=True, groups=frozenset({group.id}))

    found = await documents.for_reader(fellow, event.id, group.id)

    assert {one.visibility for one in found} == {"public", "group"}


async def test_a_guest_fetches_by_their_link_once_they_are_confirmed(
    client: httpx.AsyncClient,
) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)
    guest = await stranger("gast@example.org", event.id)
    waits = await stranger("later@example.org", event.id)
    path = f"/registrations/{guest.code}"

    assert await fetched_by(client, path, made) == {"public"}
    await strangers.verify(ANONYMOUS, guest.code, now=guest.queued_at + timedelta(minutes=1))
    assert await fetched_by(client, path, made) == {"public", "participants"}
    assert await fetched_by(client, f"/registrations/{waits.code}", made) == {"public"}
    page = await client.get(path)
    assert f"{path}/documents/{made['participants']}" in page.text
    assert f"{path}/documents/{made['board']}" not in page.text
    assert await fetched_by(client, "/registrations/nobody", made) == set()


async def ended(how: str, event: Event, who: Person, code: str) -> None:
    now = factories.NOON - timedelta(days=30)
    if how == "cancelled by themselves":
        await service.cancel(acting(who), code, now=now)
    elif how == "event cancelled":
        await organising.cancel_event(SYSTEM, event.id, reason="x", now=now)
    elif how == "erased":
        await execute("UPDATE person SET anonymised_at = $2 WHERE id = $1", who.id, now)
    else:
        await execute("UPDATE event SET state = 'archived' WHERE id = $1", event.id)


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ("cancelled by themselves", {"public"}),
        ("event cancelled", {"public"}),
        ("erased", {"public"}),
        ("archived", set()),
    ],
)
async def test_whoever_comes_no_more_fetches_no_more(
    client: httpx.AsyncClient, how: str, left: set[str]
) -> None:
    event, who = await day(), await factories.dirk()
    made = await of_every_kind_but_group(event)
    view = await register(who, event.id)
    path = f"/registrations/{view.code}"
    assert await fetched_by(client, path, made) == {"public", "participants"}

    await ended(how, event, who, view.code)

    assert await fetched_by(client, path, made) == left


async def test_nobody_fetches_a_document_of_another_event(client: httpx.AsyncClient) -> None:
    here, there = await day(), await day()
    made = await of_every_kind_but_group(there)
    view = await register(await factories.dirk(), here.id)

    assert await fetched_by(client, f"/events/{here.slug}", made) == set()
    assert await fetched_by(client, f"/registrations/{view.code}", made) == set()


async def test_what_is_not_for_you_reads_as_what_does_not_exist(client: httpx.AsyncClient) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)
    path = f"/events/{event.slug}/documents"

    hidden, nothing = [await client.get(f"{path}/{n}") for n in (made["board"], 999_999)]

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text.replace(f"/{made['board']}", "/999999") == nothing.text
    assert hidden.headers.keys() == nothing.headers.keys()


async def test_the_event_is_secret_so_are_its_documents(client: httpx.AsyncClient) -> None:
    event = await factories.event(state="draft")
    made = await of_every_kind_but_group(event)

    assert await fetched_by(client, f"/events/{event.slug}", made) == set()


async def test_a_document_goes_out_as_a_download_that_runs_nothing(
    client: httpx.AsyncClient,
) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)
    path = f"/events/{event.slug}/documents/{made['public']}"

    got = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": got.headers["etag"]})

    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith('attachment; filename="hand-out.pdf"')
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert got.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_by_a_link_nothing_is_kept_on_the_way(client: httpx.AsyncClient) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)
    view = await register(await factories.dirk(), event.id)

    got = await client.get(f"/registrations/{view.code}/documents/{made['participants']}")

    assert got.headers["cache-control"] == "no-store"
    assert got.headers["referrer-policy"] == "no-referrer"


async def board(client: httpx.AsyncClient, event: Event) -> str:
    await sign_in(client, await factories.carla())
    return f"/board/events/{event.slug}/documents"


def sent(name: str = "Hand-out.pdf", content: bytes = PDF) -> dict[str, Any]:
    return {"file": (name, content, "text/html")}


async def listed() -> list[dict[str, Any]]:
    columns = "title, visibility, filename, kind, size_bytes, version, revision"
    return await execute(f"SELECT {columns} FROM event_document ORDER BY position")


async def test_the_board_brings_a_document(client: httpx.AsyncClient) -> None:
    event = await day()
    path = await board(client, event)

    made = await client.post(path, data=SAID, files=sent())

    assert made.headers["location"] == path
    assert await listed() == [
        {
            **{"title": "Hand-out", "visibility": "participants", "filename": "Hand-out.pdf"},
            **{"kind": "pdf", "size_bytes": len(PDF), "version": 1, "revision": 1},
        }
    ]
    trail = await execute("SELECT action, after::text FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert trail[0]["action"] == "create"
    assert "secret words" not in trail[0]["after"]
    assert "Hand-out.pdf" in (await client.get(path)).text


@pytest.mark.parametrize(
    ("said", "files", "words"),
    [
        (SAID, {}, "Kies een bestand."),
        (SAID, sent(content=b"<script>"), "Dit soort bestand kan niet."),
        ({**SAID, "title": " "}, sent(), language.text("nl", "errors.field.required")),
        ({**SAID, "visibility": "group"}, sent(), language.text("nl", "errors.field.choice")),
        ({**SAID, "visibility": "all"}, sent(), language.text("nl", "errors.field.choice")),
    ],
)
async def test_what_cannot_be_taken_is_said_and_what_was_typed_stays(
    client: httpx.AsyncClient, said: dict[str, str], files: dict[str, Any], words: str
) -> None:
    path = await board(client, await day())
    typed = {**said, "title_en": "Typed words"}

    refused = await client.post(path, data=typed, files=files or {"file": ("", b"")})

    assert refused.status_code == 422
    assert words in html.unescape(refused.text)
    assert "Typed words" in refused.text
    assert await listed() == []


async def test_a_file_that_is_much_too_large_is_not_read(client: httpx.AsyncClient) -> None:
    path = await board(client, await day())

    refused = await client.post(path, data=SAID, files=sent(content=b"x" * 22 * 1024 * 1024))

    assert refused.status_code == 413
    assert await listed() == []


async def test_a_new_version_takes_the_place_of_the_old(client: httpx.AsyncClient) -> None:
    event = await day()
    key = (await of_every_kind_but_group(event))["public"]
    path = await board(client, event)
    newer = PDF.replace(b"secret", b"other!")

    same = await client.post(f"{path}/{key}/version", files=sent(content=PDF))
    done = await client.post(f"{path}/{key}/version", files=sent("v2.pdf", newer))
    wrong = await client.post(f"{path}/{key}/version", files=sent(content=b"x"))

    assert same.headers["location"] == done.headers["location"] == path
    assert wrong.status_code == 422
    got = await client.get(f"/events/{event.slug}/documents/{key}")
    assert got.content == newer
    assert (await listed())[0]["version"] == 2
    trail = await execute(
        "SELECT action FROM audit_entry WHERE entity = 'event_document' AND entity_id = $1"
        " ORDER BY id",
        key,
    )
    assert [row["action"] for row in trail] == ["create", "replace_file"]
    assert "vernieuwd op" in (await client.get(f"/events/{event.slug}")).text


async def test_what_is_said_of_it_changes(client: httpx.AsyncClient) -> None:
    event = await day()
    key = (await of_every_kind_but_group(event))["board"]
    path = await board(client, event)
    page = await client.get(f"{path}/{key}")
    assert heading(page) == "Hand-out"

    data = {"title": "Slides", "title_en": "", "visibility": "public", "revision": "1"}
    saved = await client.post(f"{path}/{key}", data=data)
    stale = await client.post(f"{path}/{key}", data={**data, "title": "Other"})
    wrong = await client.post(f"{path}/{key}", data={**data, "title": ""})

    assert saved.headers["location"] == path
    assert stale.status_code == 409
    assert wrong.status_code == 422
    assert [row["title"] for row in await listed()] == ["Hand-out", "Hand-out", "Slides"]


async def test_they_are_ordered_and_taken_away(client: httpx.AsyncClient) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)
    path = await board(client, event)

    await client.post(f"{path}/{made['board']}/up")
    await client.post(f"{path}/{made['public']}/up")
    await client.post(f"{path}/{made['participants']}/down")
    assert [row["visibility"] for row in await listed()] == ["public", "board", "participants"]

    gone = await client.post(f"{path}/{made['board']}/removal")
    again = await client.post(f"{path}/{made['board']}/removal")
    assert (gone.status_code, again.status_code) == (303, 404)
    assert [row["visibility"] for row in await listed()] == ["public", "participants"]


async def test_too_many_and_too_much(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    event, now = await day(), clock.now()
    key = await filing.add(SYSTEM, event.id, SAID, file(), now=now)
    monkeypatch.setattr(filing, "MOST_BYTES", len(PDF) + 1)

    with pytest.raises(Invalid) as much:
        await filing.add(SYSTEM, event.id, SAID, file(), now=now)
    assert await filing.replace(SYSTEM, key, file(content=PDF + b"\n"), now=now)
    monkeypatch.setattr(filing, "MOST", 1)
    with pytest.raises(Invalid) as many:
        await filing.add(SYSTEM, event.id, SAID, file(), now=now)

    assert much.value.fields == {"file": "events.invalid.too_much_in_documents"}
    assert many.value.fields == {"file": "events.invalid.too_many_documents"}


async def test_only_the_organiser_does_this(db: None) -> None:
    bram, group = await factories.bram()
    here, elsewhere, now = await day(group=group.id), await day(), clock.now()
    chair = Actor(person_id=bram.id, name="Bram", chairs=frozenset({group.id}))
    key = await filing.add(chair, here.id, SAID, file(), now=now)
    other = await filing.add(SYSTEM, elsewhere.id, SAID, file(), now=now)

    await filing.change(chair, key, {"visibility": "group"}, expected_revision=1, now=now)
    with pytest.raises(Stale):
        await filing.change(chair, key, {"title": "y"}, expected_revision=1, now=now)
    with pytest.raises(NotFound):
        await filing.add(chair, elsewhere.id, SAID, file(), now=now)
    for verb in (
        filing.change(chair, other, {"title": "x"}, now=now),
        filing.replace(chair, other, file(content=PDF + b"\n"), now=now),
        filing.move(chair, other, 1, now=now),
        filing.remove(chair, other),
        filing.remove(chair, 999_999),
    ):
        with pytest.raises(NotFound):
            await verb


async def test_a_copy_of_the_event_has_none_of_them(client: httpx.AsyncClient) -> None:
    event = await day()
    await of_every_kind_but_group(event)
    path = await board(client, event)
    copied = path.replace("/documents", "/copies")

    await client.post(copied, data={"starts_at": "2028-03-10T09:00"})

    rows = await execute("SELECT DISTINCT event FROM event_document")
    assert [row["event"] for row in rows] == [event.id]


async def test_pages_cost_the_same_with_many(client: httpx.AsyncClient) -> None:
    event, now = await day(), clock.now()
    view = await register(await factories.dirk(), event.id)
    paths = [f"/events/{event.slug}", f"/registrations/{view.code}"]
    paths.append(await board(client, event))
    await filing.add(SYSTEM, event.id, {**SAID, "visibility": "public"}, file(), now=now)
    few = [await statements(client, "GET", path) for path in paths]

    for _ in range(20):
        await filing.add(SYSTEM, event.id, SAID, file(), now=now)

    assert [await statements(client, "GET", path) for path in paths] == few


async def test_the_api_tells_of_what_is_for_everybody(client: httpx.AsyncClient) -> None:
    event = await day()
    made = await of_every_kind_but_group(event)

    told = (await client.get(f"/api/events/{event.slug}")).json()["documents"]

    assert [(one["title"], one["media_type"], one["version"]) for one in told] == [
        ("Hand-out", "application/pdf", 1)
    ]
    assert told[0]["url"].endswith(f"/events/{event.slug}/documents/{made['public']}")
    assert (await client.get(told[0]["url"])).content == PDF
