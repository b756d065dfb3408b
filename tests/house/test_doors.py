"""No page leads anybody to a door that is closed to them."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

pytestmark = pytest.mark.anyio
BEGINNINGS = ("/", "/me", "/board")
LINK = re.compile(r'href="(/[^"#]*)')
ELSEWHERE = ("/static", "/admin", "/api", "/sign-out")
OF_A_SORT = 2
WALKERS = ("stranger", "chair", "board", "treasurer", "accreditor")


def sort(link: str) -> tuple[str, ...]:
    """Pages of one sort: the first two parts of the path, and the names in the query."""
    parts = urlsplit(link)
    return (*parts.path.split("/")[1:3], *re.findall(r"(\w+)=", parts.query))


async def dead_ends(visitor: httpx.AsyncClient) -> list[tuple[int, str, str]]:
    """Every link that answers no, with where it stands; a few pages of each sort are read."""
    found, seen, read = [], set(BEGINNINGS), dict[tuple[str, ...], int]()
    todo = [("", link) for link in BEGINNINGS]
    for page, link in todo:
        answer = await visitor.get(link)
        if answer.status_code >= 400 and page:
            found.append((answer.status_code, link, page))
        if answer.status_code != 200 or "html" not in answer.headers["content-type"]:
            continue
        for there in LINK.findall(answer.text.replace("&amp;", "&")):
            its = sort(there)
            known = there in seen or "lang=" in there or there.startswith(ELSEWHERE)
            if not known and read.get(its, 0) < OF_A_SORT:
                read[its] = read.get(its, 0) + 1
                seen.add(there)
                todo.append((link, there))
    return found


async def test_every_link_opens_for_who_sees_it(site: dict[str, httpx.AsyncClient]) -> None:
    assert {kind: await dead_ends(site[kind]) for kind in WALKERS} == {kind: [] for kind in WALKERS}
