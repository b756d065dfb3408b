"""Two members who came once more under another address: one pair waits, one was merged."""

from server.demo.society import Society
from server.duplicates import finding, merging
from server.people import service as people

PHONES = ("+31612345601", "+31612345602")
NAME = ("initials", "first_name", "prefix", "surname", "partner_prefix", "partner_surname", "city")


async def meet(society: Society) -> None:
    """Both gave the same telephone number again; the board merged the second of them."""
    now, made = society.calendar.ago(4), []
    for phone, member in zip(PHONES, society.members[20:22], strict=True):
        person_id = member.person_id or 0
        await people.change(society.board, person_id, {"phone": phone}, now=now)
        row = (await people.get(person_id)).to_dict()
        again = {name: row[name] for name in NAME} | {"name_use": row["name_use"], "phone": phone}
        again["email"] = str(row["email"]).replace("@", "+thuis@")
        twin = await people.create_from(society.board, again, now=now)
        await people.confirm_email(twin, now=now)
        made.append((person_id, twin))
    await finding.look(now)
    kept_id, absorbed_id = made[1]
    await merging.merge(society.board, kept_id, absorbed_id, {}, now=now)
