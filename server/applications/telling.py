"""The letters of an application."""

from collections.abc import Sequence

from emails.letters import applications as letters
from server.applications.queries import ApplicationView
from server.outbox import service as outbox
from server.web import links


def status_url(view: ApplicationView) -> str:
    """Where the applicant sees how it stands, answers and withdraws; the address is a secret."""
    return links.absolute(f"/join/{view.code}")


async def tell(view: ApplicationView) -> None:
    """Owe the applicant the letter of the state their application is in; each once."""
    url, kind = status_url(view), view.type_name(view.language)
    by_state = {
        "submitted": letters.ApplicationReceived(wanted=kind, url=url),
        "waiting": letters.ApplicationQuestion(question=view.question, url=url),
        "rejected": letters.ApplicationRejected(wanted=kind, reason=view.reason),
        "withdrawn": letters.ApplicationWithdrawn(wanted=kind),
    }
    letter = by_state.get(view.state)
    if letter is not None:
        cause = f"application:{view.id}:{view.state}:{view.revision}"
        await outbox.post(letter, recipient(view), cause=cause)


async def tell_board(view: ApplicationView, readers: Sequence[outbox.Recipient]) -> None:
    """Tell who decides that something new waits for them."""
    url = links.absolute(f"/board/applications/{view.id}")
    for reader in readers:
        kind = view.type_name(reader.language)
        letter = letters.ApplicationArrived(applicant=view.name, wanted=kind, url=url)
        cause = f"application:{view.id}:arrived:{view.revision}:{reader.person_id}"
        await outbox.post(letter, reader, cause=cause)


def recipient(view: ApplicationView) -> outbox.Recipient:
    """The applicant."""
    return outbox.Recipient(view.person_id, view.name, view.email, view.language)
