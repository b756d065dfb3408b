"""A whole list at once: looked at without a trace, then done; and what each line says."""

import pytest

from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid
from server.registrations import many
from server.registrations.many import Listed
from tests import factories
from tests.registrations.cast import EARLY, held, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]


async def count(table: str) -> int:
    return int((await execute(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_looking_says_what_would_be_and_leaves_nothing() -> None:
    event, unit = await factories.open_event(2)
    known = await factories.known("Bekend")
    await register(known, event.id)
    listed = [
        Listed(2, "Nieuw Eén", "een@example.org"),
        Listed(3, "Bekend", str(known.email)),
        Listed(4, "", "leeg@example.org"),
        Listed(5, "Geen Adres", "geen adres"),
        Listed(6, "Nieuw Twee", "twee@example.org"),
        Listed(7, "Dubbel", "EEN@example.org"),
    ]
    before = [await count(name) for name in ("person", "registration", "outbox_letter")]

    looked = await many.look(SYSTEM, event.id, listed, now=EARLY)

    assert [one.state or one.problem.rpartition(".")[2] for one in looked] == [
        "confirmed",
        "already",
        "required",
        "email",
        "waiting",
        "already",
    ]
    assert [await count(name) for name in ("person", "registration", "outbox_letter")] == before
    done = await many.register(SYSTEM, event.id, listed, now=EARLY)
    assert [(one.state, one.problem) for one in done] == [(o.state, o.problem) for o in looked]
    assert await held(unit.id, EARLY) == 2


async def test_more_than_a_list_is_refused() -> None:
    event, _ = await factories.open_event(2)
    listed = [Listed(n, "X", f"x{n}@example.org") for n in range(501)]
    with pytest.raises(Invalid):
        await many.register(SYSTEM, event.id, listed, now=EARLY)
    assert await count("registration") == 0
