"""What a merge remembers of an address that its holder took back: nothing gives it again."""

from server.database import execute

PLACES = (["before", "kept", "email"], ["before", "absorbed", "email"], ["after", "email"])
FORGET = """UPDATE merge_event SET snapshot = jsonb_set(snapshot, $1::text[],
    coalesce(to_jsonb($3::text), 'null'::jsonb))
  WHERE undone_at IS NULL AND lower(snapshot #>> $1::text[]) = lower($2)"""


async def forget_address(taken: str, holders: str | None) -> None:
    """Put the holder's own address in the place of the one that was taken back.

    Inside the transaction in which it is.
    """
    for place in PLACES:
        await execute(FORGET, place, taken, holders)
