"""Letters about certificates."""

from collections.abc import Sequence

from emails.letters import certificates as letters
from emails.letters.certificates import AboutCertificate
from server import language
from server.certificates.queries import CertificateView
from server.database import execute
from server.outbox import service as outbox
from server.web import links

# Who became one with their double is told as who they are now.
WHOM = """SELECT w.id AS told, w.display_name, w.email, w.language, r.code,
  EXISTS (SELECT 1 FROM certificate o WHERE o.event = $1 AND o.person = $2 AND o.id < $3)
    AS had_one
  FROM registration r JOIN person p ON p.id = r.person
  JOIN person w ON w.id = coalesce(p.merged_into, p.id)
  WHERE r.event = $1 AND r.person = $2 AND w.email IS NOT NULL"""


async def made(views: Sequence[CertificateView]) -> None:
    """The paper is there: the first, or one in the place of an earlier one."""
    for view in views:
        await _post(view, {True: letters.CertificateReplaced, False: letters.CertificateReady})


async def replaced(view: CertificateView, *, by: CertificateView) -> None:
    """Of two that somebody has, one counts no more: the letter names the other."""
    await _post(by, dict.fromkeys((True, False), letters.CertificateReplaced), of=view)


async def revoked(view: CertificateView, reason: str) -> None:
    """It does not count any more."""
    await _post(view, dict.fromkeys((True, False), letters.CertificateRevoked), reason=reason)


async def _post(
    view: CertificateView,
    kinds: dict[bool, type[AboutCertificate]],
    *,
    of: CertificateView | None = None,
    **more: str,
) -> None:
    """`of`: which of their certificates it is about, where that is another."""
    for row in await execute(WHOM, view.event_id, view.person_id, view.id):
        said = row["language"]
        kind = kinds[row["had_one"]]
        letter = kind(
            event=view.title(said),
            when=language.span(view.starts_at, view.ends_at, said),
            number=view.number,
            url=links.absolute(f"/registrations/{row['code']}"),
            **more,
        )
        to = outbox.Recipient(row["told"], row["display_name"], row["email"], said)
        await outbox.post(letter, to, cause=f"certificate:{(of or view).id}:{kind.kind()}")
