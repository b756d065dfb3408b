"""What an erased person proposed and nobody heard is forgotten with them."""

from collections.abc import Sequence

from server.database import execute

# Delivered and confirmed talks belong to the programme; somebody else's belong to them as well.
FORGET = """UPDATE proposal p SET title = '–', abstract = ''
  WHERE p.state IN ('draft', 'submitted', 'revision', 'reserve', 'rejected', 'withdrawn')
    AND EXISTS (SELECT 1 FROM proposal_speaker s WHERE s.proposal = p.id AND s.person = ANY($1))
    AND NOT EXISTS (SELECT 1 FROM proposal_speaker s JOIN person o ON o.id = s.person
      WHERE s.proposal = p.id AND o.id <> ALL($1) AND o.anonymised_at IS NULL)"""


async def forget(person_ids: Sequence[int]) -> None:
    """Take title and abstract from what they alone proposed and was not accepted.

    Inside the transaction in which the person is erased.
    """
    await execute(FORGET, list(person_ids))
