"""Letters about a membership go to its member."""

from collections.abc import Mapping
from typing import Any

from emails.letters import Letter
from server.outbox import service as outbox

MINE = "/me/membership"


def recipient(row: Mapping[str, Any]) -> outbox.Recipient:
    """The member of a row of `service.ONE`."""
    return outbox.Recipient(row["person"], row["display_name"], row["email"] or "", row["language"])


async def tell(row: Mapping[str, Any], letter: Letter, what: str) -> None:
    """Owe the member of a locked membership a letter: once for what happened at this revision."""
    cause = f"membership:{row['id']}:{what}:{row['revision']}"
    await outbox.post(letter, recipient(row), cause=cause)
