"""Sending a letter again; and, with demo people only, a look at every letter as it goes."""

from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.params import FromPath
from markupsafe import Markup

from emails import blocks, gallery, rendering
from server import clock, language, settings
from server.errors import NotFound
from server.outbox import service, transports
from server.rights import Area
from server.web.pages import page, see_other
from server.web.visitor import require_right

AnyRequest = Request[Any, Any, Any]
NEWEST = 30
LETTER_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


async def release(request: AnyRequest, letter_id: FromPath[int]) -> Response[Any]:
    """Try a letter again."""
    actor = require_right(request, Area.letters, to_change=True)
    await service.release(actor, letter_id, now=clock.now())
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
    rendered = _sample(kind, said)
    why = (gallery.all_letters()[kind].__doc__ or "").strip()
    return page(request, "outbox/sample.html", kind=kind, said=said, letter=rendered, why=why)


async def sample_html(
    request: AnyRequest, kind: FromPath[str], said: FromPath[str]
) -> Response[Any]:
    """The HTML of one letter, as a mail program gets it."""
    rendered = _sample(kind, said)
    return _as_html(rendered.html, rendered.picture)


async def sent_html(request: AnyRequest, name: FromPath[UUID]) -> Response[Any]:
    """The HTML of one letter in the mail folder."""
    _require_demo()
    path = transports.eml_path(_folder(), str(name))
    if not path.exists():
        raise NotFound
    message = _message(path)
    body = message.get_body(("html",))
    pictures = [part for part in message.walk() if part.get_content_maintype() == "image"]
    picture = pictures[0].get_content() if pictures else b""
    return _as_html(str(body.get_content()) if body else "", picture)


def _sample(kind: str, said: str) -> rendering.Rendered:
    _require_demo()
    letter = gallery.all_letters().get(kind)
    if letter is None or said not in language.LANGUAGES:
        raise NotFound
    values = rendering.values_of(letter.sample(), "Anna de Vries")
    return rendering.render(kind, said, values, letter.category)


def _as_html(html: str, picture: bytes) -> Response[Any]:
    """With its picture within: a browser knows no Content-ID."""
    within = f"data:image/png;base64,{b64encode(picture).decode()}"
    html = html.replace(f"cid:{blocks.PICTURE}", within)
    return Response(html, media_type=MediaType.HTML, headers=LETTER_HEADERS)


def _require_demo() -> None:
    """Letters hold sign-in links: where there are real people, this page does not exist."""
    if not settings.current().demo:
        raise NotFound


def _folder() -> Path:
    return settings.current().var_dir / "mail"


def _newest() -> list[Path]:
    found = [*_folder().glob("*.eml")] if _folder().exists() else []
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)[:NEWEST]


def _message(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def _read(path: Path) -> dict[str, object]:
    message = _message(path)
    body = message.get_body(("plain",))
    return {
        "name": path.stem,
        "to": message["To"],
        "subject": message["Subject"],
        "date": message["Date"],
        "text": _linked(str(body.get_content()) if body else ""),
    }


def _linked(text: str) -> Markup:
    """The text with its addresses as links, so that a demo is clicked through from here."""
    words = blocks.URL.split(text)
    urls = [Markup('<a href="{0}">{0}</a>').format(url) for url in blocks.URL.findall(text)]
    return Markup("").join(piece for pair in zip(words, [*urls, ""], strict=True) for piece in pair)
