"""A list of members from another program, looked at and not yet taken in."""

from server.demo.society import Society
from server.imports import queries, service, working

LIST = """Lidnr;Naam;E-mail;Telefoon;Postcode;Plaats;Soort;Lid sinds;BIG-nummer;BSN
;Boer, M. de;marja.deboer@example.org;06-21345678;8021 AA;Zwolle;Aspirant-lid;1-9-2026;;
;Yildiz, S.;sevda.yildiz@example.org;0612345679;3511 BM;Utrecht;Gewoon lid;1-10-2026;9912345725;
;Hart, B. 't;voorzitter@example.org;;;Kampen;;;;
;Vries, K. de;karel.devries@example;06;1234 SS;Ede;Erelid;gisteren;;
;Boer, M. de;marja.deboer@example.org;;;;;;;
"""


async def bring(society: Society) -> None:
    """One file with something of everything: new, changed, double, wrong."""
    now = society.calendar.ago(1)
    batch_id = await service.bring(
        society.board, "leden-werkgroep.csv", LIST.encode(), source="werkgroep", now=now
    )
    chosen = (await queries.batch(batch_id)).fields
    await service.choose(society.board, batch_id, chosen, source="werkgroep", now=now)
    await working.tick(now)
