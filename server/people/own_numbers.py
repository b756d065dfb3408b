"""What somebody does with their own register numbers."""

from server.actors import Actor
from server.database import execute, transaction
from server.errors import NotFound, Stale
from server.people.numbers import VIEW, NumberView, change, locked
from server.people.states import NUMBER


async def get(person_id: int, number_id: int) -> NumberView:
    """One's own number. Raises NotFound, for somebody else's too."""
    rows = await execute(f"{VIEW} WHERE n.id = $1 AND n.person = $2", number_id, person_id)
    if not rows:
        raise NotFound
    return NumberView(**rows[0])


async def correct(
    actor: Actor, number_id: int, number: str, *, title: str, expected_revision: int
) -> None:
    """Correct one's own number, or whose profession it says; verified ones are claims again.

    Raises Invalid, NotFound for somebody else's. Refuses: Stale when somebody saved since.
    """
    async with transaction():
        before = await locked(number_id)
        if before.person_id != actor.person_id:
            raise NotFound
        is_kept = (number.strip(), title) == (before.number, before.title)
        if before.revision != expected_revision and not is_kept:
            raise Stale
        await change(actor, number_id, number, title=title)


async def withdraw(actor: Actor, number_id: int) -> None:
    """One's own number is not one's own any more. Raises NotFound; refuses: WrongState."""
    async with transaction():
        if (await locked(number_id)).person_id != actor.person_id:
            raise NotFound
        await NUMBER.move(number_id, "withdraw", actor=actor)
