"""What each office finds in the admin: every desk and column, asked in every way there is.

`rights.csv` is the table; a desk without a row fails. What one may not see does not exist: the
same answer as for a table that nobody ever made.
"""

import csv
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from emails.letters.fees import FeeReminder
from emails.letters.registrations import EventCancelled
from server import clock
from server.accounts.service import sign_in_url
from server.admin import DESKS
from server.database import execute, transaction
from server.outbox import service as outbox
from server.rights import OFFICES
from server.web.admin_kit import names
from server.web.admin_kit.desk import Desk
from tables.accounts import Role, RoleGrant
from tables.memberships import MembershipType
from tests.admin.conftest import HOST
from tests.conftest import product
from tests.factories import LONG_AGO, known
from tests.outbox.owing import ANNA

pytestmark = pytest.mark.anyio
API = "/admin/api/tables"
TABLE = Path(__file__).with_name("rights.csv")
BY_NAME = {desk.name: desk for desk in DESKS}
READS = ("", "schema/", "new/", "count/", "ids/?limit=5", "references/", "csv/", "1/")


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_desk_and_every_guarded_column_has_a_row() -> None:
    listed = {(row["desk"], row["column"]) for row in rows()}
    columns = {(desk.name, column) for desk in DESKS for column in desk.only_for}

    assert listed == {(desk.name, "") for desk in DESKS} | columns


@pytest.fixture
async def offices(db: None) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """One browser per office, in a session with the second step."""
    app = product()
    found = {}
    for office in OFFICES:
        who = await known(office.title())
        await RoleGrant(person=who.id, role=Role(office), from_on=LONG_AGO).save()
        browser = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST)
        await browser.post(await sign_in_url(who.id, carries_proof=True, now=clock.now()))
        found[office] = browser
    yield found
    for browser in found.values():
        await browser.aclose()


def address(desk: Desk) -> str:
    return f"{API}/{names.address('nl', desk.name)}/"


async def test_every_cell_of_the_tables(offices: dict[str, httpx.AsyncClient]) -> None:
    wrong = []
    for row in rows():
        if not row["column"]:
            await execute("DELETE FROM rate_limit")
            for office, browser in offices.items():
                found = await outcome(browser, BY_NAME[row["desk"]])
                if found != row[office]:
                    wrong.append(f"{row['desk']} as {office}: {found}, not {row[office]}")

    assert wrong == []


async def outcome(browser: httpx.AsyncClient, desk: Desk) -> str:
    """`–` if the desk does not exist in any way, `see` if nothing can be written, else `change`."""
    path = address(desk)
    answers = [await browser.get(path + question) for question in READS]
    nothing = [await browser.get(f"{API}/niets/{question}") for question in READS]
    if all(a.status_code == n.status_code for a, n in zip(answers, nothing, strict=True)):
        assert [a.content for a in answers] == [n.content for n in nothing]
        for method in ("POST", "PATCH", "DELETE"):
            tried = await browser.request(method, f"{path}1/", json={})
            asked = await browser.request(method, f"{API}/niets/1/", json={})
            assert (tried.status_code, tried.content) == (asked.status_code, asked.content)
        return "–"
    assert [a.status_code for a in answers[:-1]] == [200] * (len(READS) - 1), str(answers)
    extra = answers[1].json()["extra"]
    return "see" if "read-only" in extra["closed"] else "change"


async def test_the_menu_shows_exactly_what_may_be_seen(
    offices: dict[str, httpx.AsyncClient],
) -> None:
    for office, browser in offices.items():
        grouped = (await browser.get(f"{API}/grouped/")).json()["grouped"]
        listed = {name for tables in grouped.values() for name in tables}

        assert listed == {
            names.address("nl", row["desk"])
            for row in rows()
            if not row["column"] and row[office] != "–"
        }


async def test_every_cell_of_the_columns(offices: dict[str, httpx.AsyncClient]) -> None:
    kind = MembershipType(code="gewoon", name_nl="Gewoon", name_en="Ordinary", fee_cents=7531)
    await kind.save()
    wrong = []
    for row in rows():
        if row["column"]:
            for office, browser in offices.items():
                desk = BY_NAME[row["desk"]]
                found = await column_outcome(browser, desk, row["column"], int(kind.id))
                if found != row[office]:
                    wrong.append(f"{row['desk']}.{row['column']} as {office}: {found}")

    assert wrong == []


async def column_outcome(browser: httpx.AsyncClient, desk: Desk, column: str, row_id: int) -> str:
    path = address(desk)
    questions = ("", "schema/", "new/", "csv/", f"{row_id}/")
    reads = [await browser.get(path + question) for question in questions]
    sorted_by = await browser.get(f"{path}?__order={column}")
    filtered = await browser.get(f"{path}?{column}=7531")
    if sorted_by.status_code != 200:
        assert filtered.status_code == sorted_by.status_code
        if sorted_by.status_code == 422:  # as for a column that nobody ever made
            made_up = await browser.get(f"{path}?__order=nonsense")
            assert made_up.text.replace("nonsense", column) == sorted_by.text
            ours = [answer.text for answer in reads]
            assert not any(column in text or "7531" in text for text in ours)
            form = reads[-1].json()
            change = {"revision": form["revision"], column: 1}
            assert (await browser.patch(f"{path}{row_id}/", json=change)).status_code == 422
            assert await kept(desk, column, row_id) == 7531
        return "–"
    assert "7531" in reads[0].text
    form = reads[-1].json()
    patch = await browser.patch(
        f"{path}{row_id}/", json={"revision": form["revision"], column: 7532}
    )
    changed = await kept(desk, column, row_id) == 7532
    assert (patch.status_code == 200) is changed
    await execute(f'UPDATE "{desk.name}" SET "{column}" = 7531')
    return "change" if changed else "see"


async def test_the_treasurer_changes_the_fee_and_nothing_beside_it(
    offices: dict[str, httpx.AsyncClient],
) -> None:
    kind = MembershipType(code="gewoon", name_nl="Gewoon", name_en="Ordinary", fee_cents=7531)
    await kind.save()
    path, treasurer = f"{address(BY_NAME['membership_type'])}{kind.id}/", offices["treasurer"]
    form = (await treasurer.get(path)).json()

    both = {"revision": form["revision"], "fee_cents": 8000, "name_nl": "Anders"}
    assert (await treasurer.patch(path, json=both)).status_code == 422
    assert (await treasurer.post(address(BY_NAME["membership_type"]), json={})).status_code >= 400
    assert (await treasurer.delete(path)).status_code >= 400
    fee = {"revision": form["revision"], "fee_cents": 8000}
    assert (await treasurer.patch(path, json=fee)).status_code == 200
    rows = await execute("SELECT name_nl, fee_cents FROM membership_type")
    assert rows == [{"name_nl": "Gewoon", "fee_cents": 8000}]


async def test_who_sees_no_money_finds_no_letter_about_it(
    offices: dict[str, httpx.AsyncClient],
) -> None:
    async with transaction():
        for letter in (FeeReminder.sample(), EventCancelled.sample()):
            await outbox.post(letter, ANNA, cause=letter.kind())
    path = address(BY_NAME["outbox_letter"])
    found = {}
    for office, browser in offices.items():
        if office != "accreditor":
            form = (await browser.get(f"{path}1/")).json()
            change = {"revision": form.get("revision", 1), "state": "held"}
            found[office] = (
                [row["kind"] for row in (await browser.get(path)).json()["rows"]],
                (await browser.get(f"{path}count/?kind=fee_reminder")).json()["count"],
                "fee_reminder" in (await browser.get(f"{path}csv/")).text,
                len((await browser.get(f"{path}ids/?limit=5")).json()),
                (await browser.get(f"{path}1/")).status_code,
                (await browser.patch(f"{path}1/", json=change)).status_code,
            )

    nothing = (["event_cancelled"], 0, False, 0, 404)
    everything = (["event_cancelled", "fee_reminder"], 1, True, 2, 200)
    assert {office: cells[:5] for office, cells in found.items()} == {
        **dict.fromkeys(("board", "secretary", "editor"), nothing),
        **dict.fromkeys(("chair", "treasurer"), everything),
    }
    assert [found[office][5] for office in ("board", "chair", "secretary")] == [404, 200, 404]


async def kept(desk: Desk, column: str, row_id: int) -> object:
    rows = await execute(f'SELECT "{column}" AS value FROM "{desk.name}" WHERE id = $1', row_id)
    return rows[0]["value"]
