"""What waits for the board, and the ways to it: only what an office may see."""

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS
from server.applications import service
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.applications.cast import form, token
from tests.clients import sign_in

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("role", "applicants", "desks"),
    [
        (Role.secretary, True, {"applications", "talks", "newsletters", "audit", "accounts"}),
        (Role.treasurer, True, {"applications", "talks"}),
        (Role.editor, False, {"talks", "newsletters"}),
    ],
)
async def test_an_office_is_shown_what_is_its_own(
    client: httpx.AsyncClient, role: Role, applicants: bool, desks: set[str]
) -> None:
    await service.apply(ANONYMOUS, await form(), now=clock.now())
    await service.confirm(await token(), now=clock.now())
    who = await factories.known("Lezer")
    await RoleGrant(person=who.id, role=role, from_on=factories.LONG_AGO).save()
    await sign_in(client, who)

    text = (await client.get("/board")).text

    assert ("E. Eland" in text) is applicants
    every = {"applications", "talks", "newsletters", "audit", "accounts"}
    assert {one for one in every if f'href="/board/{one}"' in text} == desks
