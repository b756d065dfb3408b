"""Sending a letter again; and, with demo people only, a look at every letter as it goes."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from markupsafe import Markup

from emails import blocks, gallery, rendering
from server import clock, language, settings
from server.errors import NotFound
from server.outbox import service
from server.web.pages import page, see_other
from server.web.visitor import require_board

AnyRequest = Request[Any, Any, Any]
NEWEST = 30


async def release(request: AnyRequest, letter_id: FromPath[int]) -> Response[Any]:
    """Try a letter again."""
    await service.release(require_board(request), letter_id, now=clock.now())
    return see_other("/board/letters", notice="board.notice.letter_again")


async def sent(request: AnyRequest) -> Response[Any]:
    """The newest letters in the mail folder, and every letter there is, with sample data."""
    _require_demo()
    return page(
        request,
        "outbox/sent.html",
        letters=[_read(path) for path in _newest()],
        kinds=list(gallery.all_letters()),
        languages=language.LANGUAGES,
    )


async def sample(request: AnyRequest, kind: FromPath[str], said: FromPath[str]) -> Response[Any]:
    """One letter in one language."""
    _require_demo()
    letter = gallery.all_letters().get(kind)
    if letter is None or said not in language.LANGUAGES:
        raise NotFound
    values = rendering.values_of(letter.sample(), "Anna de Vries")
    rendered = rendering.render(kind, said, values, letter.category)
    why = (letter.__doc__ or "").strip()
    return page(request, "outbox/sample.html", kind=kind, said=said, letter=rendered, why=why)


def _require_demo() -> None:
    """Letters hold sign-in links: where there are real people, this page does not exist."""
    if not settings.current().demo:
        raise NotFound


def _newest() -> list[Path]:
    folder = settings.current().var_dir / "mail"
    found = [*folder.glob("*.eml")] if folder.exists() else []
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:NEWEST]


def _read(path: Path) -> dict[str, object]:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    linked = blocks.URL.sub(
        lambda found: Markup('<a href="{0}">{0}</a>').format(found[0]), str(Markup.escape(text))
    )
    return {
        "to": message["To"],
        "subject": message["Subject"],
        "date": message["Date"],
        "text": Markup(linked),
    }
