"""Letters about offices: given, with a way in for who was never here, and ended."""

from datetime import date, datetime

from emails.letters.accounts import Invitation, OfficeEnded, OfficeGiven
from server import language
from server.accounts import holders, one_time_links
from server.accounts.holders import Grant
from server.outbox import service as outbox
from server.web import links
from tables.accounts import LinkPurpose


async def given(grant_id: int, now: datetime) -> None:
    """Who was never here gets a link; who was signs in as always."""
    grant = await holders.grant(grant_id)
    said = grant.language
    office = language.text(said, f"accounts.office.{grant.role}")
    first_day = language.long_day(grant.from_on, said)
    if grant.has_come:
        url = links.absolute("/me/security")
        given = OfficeGiven(office=office, first_day=first_day, url=url)
        await _post(grant, given, f"given:{now.timestamp()}", None)
        return
    link = await one_time_links.make(
        grant.person_id, LinkPurpose.invitation, next_path="/me/security", now=now
    )
    until = language.moment(link.until, said)
    letter = Invitation(office=office, first_day=first_day, until=until, url=link.url)
    await _post(grant, letter, f"invited:{link.id}", link.until)


async def ended(grant: Grant, last: date, now: datetime) -> None:
    """The last day is told."""
    letter = OfficeEnded(
        office=language.text(grant.language, f"accounts.office.{grant.role}"),
        last_day=language.long_day(last, grant.language),
    )
    await _post(grant, letter, f"ended:{now.timestamp()}", None)


async def _post(
    grant: Grant,
    letter: Invitation | OfficeGiven | OfficeEnded,
    what: str,
    expires_at: datetime | None,
) -> None:
    if grant.email:
        to = outbox.Recipient(grant.person_id, grant.name, grant.email, grant.language)
        cause = f"role_grant:{grant.id}:{what}"
        await outbox.post(letter, to, cause=cause, expires_at=expires_at)
