"""The way back of an address, from the letter to the old one: whoever came in meanwhile is out."""

from datetime import datetime

from server.accounts import shutting_out
from server.actors import Actor
from server.calendars import service as calendars
from server.database import transaction
from server.duplicates import forgetting
from server.people import address_change
from server.people import service as people
from server.privacy import asking


async def take_back(token: str, *, now: datetime) -> None:
    """The old address again. What opens the account ends if it was made since another was asked.

    That is: passkeys, the app, recovery codes, the password, tokens of programs and addresses of
    calendars. So does a question to be erased. Sessions end with every change of address.
    Refuses: LinkUsedUp.
    """
    async with transaction():
        change = await address_change.to_undo(token, now=now)
        await address_change.undo(token, now=now)
        who = await people.get(change.person_id)
        holder = Actor(person_id=change.person_id, name=who.display_name)
        await forgetting.forget_address(change.new_email, change.old_email)
        await shutting_out.end_since(holder, change.asked_at, now=now)
        await calendars.revoke_since(holder, change.asked_at, now=now)
        await asking.end_since(holder, change.asked_at, now=now)
