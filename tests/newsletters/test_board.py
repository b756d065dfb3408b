"""The board's lists: who sees them, what they show, and what leaves the house."""

import csv
import io
import re
from datetime import timedelta

import httpx
import pytest
from python_calamine import CalamineWorkbook

from server import clock
from server.actors import ANONYMOUS
from server.database import execute
from server.newsletters import links, service
from tests.newsletters.cast import (
    ANNA,
    asked,
    heading,
    last_token,
    mailing_list,
    member,
    person,
    sign_in,
)

pytestmark = pytest.mark.anyio
PATHS = [
    "/board/newsletters",
    "/board/newsletters/nieuws",
    "/board/newsletters/nieuws/subscribers.csv",
    "/board/newsletters/nieuws/subscribers.xlsx",
    "/board/newsletters/nieuws/suppressed.csv",
    "/board/newsletters/nieuws/suppressed.xlsx",
]
HEADER = ["E-mail", "Naam", "Taal", "Status", "Aangemeld", "Bevestigd", "Afgemeld"]


async def on_list(email: str, name: str = "Anna") -> None:
    await service.sign_up(ANONYMOUS, asked(email, name=name), now=clock.now())
    await service.confirm(await last_token(), now=clock.now())


@pytest.fixture
async def board(client: httpx.AsyncClient) -> httpx.AsyncClient:
    carla = await person("carla@example.org", "Carla")
    await sign_in(client, carla, board=True)
    return client


def read_csv(answer: httpx.Response) -> list[list[str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.parametrize("path", PATHS)
async def test_dirk_sees_no_such_page(client: httpx.AsyncClient, path: str) -> None:
    await mailing_list()
    await on_list(ANNA)
    stranger = await client.get(path)
    await sign_in(client, await member("dirk@example.org", "Dirk"))

    answer = await client.get(path)

    assert stranger.status_code == 303
    assert stranger.headers["location"].startswith("/sign-in?next=/board/newsletters")
    assert answer.status_code == 404
    assert ANNA not in answer.text
    assert await execute("SELECT 1 FROM audit_entry WHERE action = 'export'") == []


@pytest.mark.parametrize("rest", ["", "/subscribers.csv", "/suppressed.xlsx"])
async def test_an_unknown_list_is_no_page(board: httpx.AsyncClient, rest: str) -> None:
    assert (await board.get(f"/board/newsletters/geheim{rest}")).status_code == 404


async def test_every_list_says_whom_it_reaches(board: httpx.AsyncClient) -> None:
    await mailing_list("nieuws")
    await mailing_list("leden", audience="members", opt_in="automatic")
    await on_list(ANNA)
    await member("lid@example.org", "Lid", starts_on=clock.today())
    await member(None, "Geen", starts_on=clock.today())

    answer = await board.get("/board/newsletters")

    assert heading(answer.text) == "Nieuwsbrieflijsten"
    cells = re.findall(r'<td class="number-cell"[^>]*>(\d+)</td>', answer.text)
    assert cells == ["1", "0", "1", "1"]


async def test_a_list_shows_everybody_with_the_reason(board: httpx.AsyncClient) -> None:
    await mailing_list()
    await on_list(ANNA)
    await service.sign_up(ANONYMOUS, asked("bram@example.org"), now=clock.now())

    answer = await board.get("/board/newsletters/nieuws")

    assert heading(answer.text) == "Nieuws"
    assert answer.text.count('<th scope="row">') == 2
    assert "ontvangt</span>" in answer.text
    assert "nog niet bevestigd</span>" in answer.text
    assert "nog niet bevestigd (1)" in answer.text


async def test_search_and_status_stay_in_the_address_and_the_export(
    board: httpx.AsyncClient,
) -> None:
    await mailing_list()
    for email in (ANNA, "annelies@example.org", "bram@example.org"):
        await on_list(email, name="X")
    await service.unsubscribe(links.token_of(2), channel="one_click", now=clock.now())

    shown = await board.get("/board/newsletters/nieuws?q=ann&status=receives")
    export = await board.get("/board/newsletters/nieuws/subscribers.csv?q=ann&status=receives")

    assert shown.text.count('<th scope="row">') == 1
    assert "/subscribers.csv?q=ann&amp;status=receives" in shown.text
    assert [row[0] for row in read_csv(export)[1:]] == [ANNA]


async def test_the_export_is_exactly_the_list_in_csv_and_xlsx(board: httpx.AsyncClient) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(ANNA, name='=cmd|"x"'), now=clock.now())
    await execute(
        "UPDATE subscription SET state = 'confirmed', asked_at = '2026-07-01 10:00+00',"
        " confirmed_at = '2026-12-31 23:30+00'"
    )

    as_csv = read_csv(await board.get("/board/newsletters/nieuws/subscribers.csv"))
    answer = await board.get("/board/newsletters/nieuws/subscribers.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)

    row = [ANNA, '\'=cmd|"x"', "nl", "ontvangt", "2026-07-01 12:00", "2027-01-01 00:30", ""]
    assert as_csv == [HEADER, row]
    cells = [
        [f"{cell:%Y-%m-%d %H:%M}" if hasattr(cell, "hour") else cell for cell in line]
        for line in sheet.to_python()
    ]
    assert cells == [HEADER, row]
    assert answer.headers["content-disposition"].startswith(
        f'attachment; filename="nieuws-{clock.today()}.xlsx"'
    )
    assert answer.headers["cache-control"] == "no-store"


async def test_every_export_is_written_down(board: httpx.AsyncClient) -> None:
    await mailing_list()
    await on_list(ANNA)

    for path in PATHS[2:]:
        await board.get(path)

    assert await execute(
        "SELECT actor, entity, after->>'what' AS what, (after->>'rows')::int AS rows"
        " FROM audit_entry WHERE action = 'export' ORDER BY id"
    ) == [
        {"actor": "Carla", "entity": "newsletter_list", "what": what, "rows": rows}
        for what, rows in (
            ("subscribers.csv", 1),
            ("subscribers.xlsx", 1),
            ("suppressed.csv", 0),
            ("suppressed.xlsx", 0),
        )
    ]


async def test_who_said_no_leaves_beside_the_list(board: httpx.AsyncClient) -> None:
    await mailing_list()
    await on_list(ANNA)
    await on_list("bram@example.org")
    await service.unsubscribe(links.token_of(1), channel="one_click", now=clock.now())
    await service.object_to_all(links.token_of(2), now=clock.now())

    rows = read_csv(await board.get("/board/newsletters/nieuws/suppressed.csv"))

    assert [row[:2] for row in rows] == [
        ["E-mail", "Geldt voor"],
        [ANNA, "deze lijst"],
        ["bram@example.org", "alle nieuwsbrieven"],
    ]


async def test_fifty_to_a_page_and_on(board: httpx.AsyncClient) -> None:
    one = await mailing_list()
    await execute(
        "INSERT INTO subscription (list, email, email_key, state, token_hash, asked_at)"
        " SELECT $1, 'p' || n || '@example.org', 'p' || n || '@example.org', 'confirmed',"
        " sha256(n::text::bytea), $2 FROM generate_series(1, 120) n",
        one.id,
        clock.now() - timedelta(days=1),
    )
    path, sizes = "/board/newsletters/nieuws?status=receives", []

    while path:
        text = (await board.get(path)).text
        sizes.append(text.count('<th scope="row">'))
        following = text.split('rel="next" href="')[1:]
        address = following[0].split('"')[0].replace("&amp;", "&") if following else ""
        path = f"/board/newsletters/nieuws{address}" if address else ""

    assert sizes == [50, 50, 20]


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=99999999999", "status=x", "q=%00"])
async def test_nonsense_in_the_address_is_the_whole_list(
    board: httpx.AsyncClient, query: str
) -> None:
    await mailing_list()
    await on_list(ANNA)

    answer = await board.get(f"/board/newsletters/nieuws?{query}")

    assert answer.status_code == 200
    assert answer.text.count('<th scope="row">') == 1
