"""Who may open what: every address of the product has a row, and every cell is tried.

`authorisation.csv` says for each address and each kind of visitor what happens:
    yes   it answers, or says what is wrong with what was sent (200, 303, 404 of a thing, 409, 422)
    –     it does not exist for them (404)
    no    it is known to exist, but they may not (403)
    in    they are sent to the sign-in page, or told 401 by the API

The kinds: a stranger (who also is whoever holds the secret address of a registration, an
application or a feed), a member, a speaker, the chair of a group, the programme committee, each
office of the board, a helper at the door of one event, the system, a member's program with a token
for everything but offices, the chair of the board, and a program of the board's with a token for
everything. Rows, columns and pickers of the admin: tests/admin/rights.csv.
"""

import csv
import re
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from server import clock, settings
from server.accounts import service as accounts
from server.database import execute
from server.people import service as people
from server.routes import ROUTES
from tests.conftest import product
from tests.house.visitors import VISITORS, example, sign_in

pytestmark = pytest.mark.anyio
TABLE = Path(__file__).with_name("authorisation.csv")


def rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def addresses() -> set[tuple[str, str]]:
    """(method, path) of every route; mounts and files stand outside the table."""
    app = Litestar(route_handlers=ROUTES, openapi_config=None, logging_config=None)
    found = set()
    for route in app.routes:
        for method in getattr(route, "methods", ()):
            if method not in ("OPTIONS", "HEAD"):
                found.add((str(method), re.sub(r":(str|int|uuid|path)\}", "}", route.path_format)))
    return found


def test_every_address_has_a_row() -> None:
    listed = [(row["method"], row["path"]) for row in rows()]

    assert sorted(addresses()) == sorted(listed)  # and one: two might say two things


def test_the_product_serves_nothing_else() -> None:
    used = settings.load({"SECRET_KEY": "k" * 32}, Path("nowhere"))
    served = {route.path for route in product(used).routes}
    listed = Litestar(route_handlers=ROUTES, openapi_config=None, logging_config=None)

    assert served == {route.path for route in listed.routes}


def outcome(answer: httpx.Response) -> str:
    leads_to = answer.headers.get("location", "")
    if answer.status_code == 401 or leads_to.startswith("/sign-in?"):
        return "in"
    if answer.status_code in (403, 404):
        return "no" if answer.status_code == 403 else "–"
    assert answer.status_code < 500, answer.text
    assert answer.status_code != 429, "a brake answers for the route"
    return "yes"


async def ask(client: httpx.AsyncClient, method: str, path: str) -> str:
    if method == "POST" and path.startswith("/api/"):
        return outcome(await client.post(path, json={}))
    return outcome(await client.request(method, path))


async def test_every_cell(site: dict[str, httpx.AsyncClient]) -> None:
    wrong = []
    for row in rows():
        await execute("DELETE FROM rate_limit")
        path = await example(row["path"])
        for kind, client in site.items():
            if row["method"] != "GET":  # anew: whoever was before may have used it up
                path = await example(row["path"])
            found = await ask(client, row["method"], path)
            if found != row[kind]:
                wrong.append(f"{row['method']} {path} as {kind}: {found}, not {row[kind]}")
            if row["path"] == "/sign-out" and VISITORS.get(kind):
                await sign_in(client, VISITORS[kind])

    assert wrong == []


async def test_what_is_not_for_you_reads_as_what_does_not_exist(
    site: dict[str, httpx.AsyncClient],
) -> None:
    kinds = ("member", "chair", "treasurer", "editor")
    for kind in kinds:
        await site[kind].get("/me")  # where it is said that one is signed in
    for row in rows():
        if row["method"] != "GET" or row["path"].startswith("/calendars/"):
            continue
        for kind in kinds:
            if row[kind] == "–":
                path = await example(row["path"])
                found, nothing = [await site[kind].get(one) for one in (path, f"{path}-is-not")]
                assert found.text == nothing.text.replace(f"{path}-is-not", path), (kind, path)
                told = [sorted(a.headers.keys()) for a in (found, nothing)]
                assert told[0] == told[1], (kind, path)


def is_shut(answer: httpx.Response) -> bool:
    """Not there, or first the second step, or the page on which one is set up."""
    leads_to = answer.headers.get("location", "")
    asks = leads_to.startswith(("/second-step", "/me/security"))
    return answer.status_code in (401, 403, 404) or asks


async def test_no_office_counts_before_its_second_step(
    site: dict[str, httpx.AsyncClient],
) -> None:
    """Whoever holds an office and came in by one factor has what everybody has, and no more."""
    asleep = site["stranger"]
    who = await people.find_by_email(VISITORS["board_chair"])
    assert who is not None
    await asleep.post(await accounts.sign_in_url(who.id, carries_proof=False, now=clock.now()))
    open_ones, tried = [], 0
    for row in rows():
        of_office = row["board_chair"] == row["secretary"] == "yes" or row["treasurer"] == "yes"
        if not of_office or row["member"] == "yes" or row["path"].startswith("/me"):
            continue
        await execute("DELETE FROM rate_limit")
        path, tried = await example(row["path"]), tried + 1
        body = {"json": {}} if path.startswith("/api/") and row["method"] == "POST" else {}
        answer = await asleep.request(row["method"], path, **body)
        if not is_shut(answer):
            open_ones.append(f"{row['method']} {path}: {answer.status_code}")

    assert tried > 100
    assert open_ones == []
