"""What a file is stands in its bytes; its name is a wish."""

import io
import zipfile

import pytest

from server.errors import Invalid
from server.web import uploads
from tests.web.test_pictures import DRAWN, EOI, SCAN, jpeg, png, riff

PDF = b"%PDF-1.7\n...\n%%EOF\n"


def zipped(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        if mimetype:
            file.writestr("mimetype", mimetype)
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")
ODP = zipped("content.xml", mimetype=uploads.MEDIA_TYPES["odp"])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (png(*DRAWN), "png"),
        (jpeg(SCAN, EOI), "jpg"),
        (riff((b"VP8L", b"xx")), "webp"),
        (DOCX, "docx"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (ODP, "odp"),
    ],
)
def test_what_comes_in(content: bytes, kind: str) -> None:
    taken = uploads.taken("../../etc/Hand-out.exe", content)

    assert (taken.name, taken.kind) == (f"Hand-out.{kind}", kind)
    assert taken.content == content
    assert len(taken.digest) == 64


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"%PDF-1.7" + b"x" * uploads.MOST_BYTES, "too_large"),
        (b"%PDF-1.7 cut off", "broken"),
        (png(*DRAWN[:1]), "broken"),
        (b"\xff\xd8\xff\xe0", "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"<!doctype html><script>alert(1)</script>%PDF-1.7 %%EOF", "kind"),
        (b"MZ\x90\x00", "kind"),
        (b"GIF89a", "kind"),
        (b"PK\x03\x04" + b"x" * 60, "broken"),
        (zipped("a.exe"), "kind"),
        (zipped("word/document.xml"), "kind"),
        (zipped("[Content_Types].xml", "word/document.xml", "ppt/presentation.xml"), "kind"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "kind"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
        (zipped("Basic/script.xml", mimetype=uploads.MEDIA_TYPES["odp"]), "macros"),
        (zipped("x", mimetype="application/epub+zip"), "kind"),
        (zipped(*(f"{n}" for n in range(uploads.MOST_PARTS + 1))), "broken"),
    ],
)
def test_what_does_not(content: bytes, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        uploads.taken("hand-out.pdf", content)

    assert refused.value.fields == {"file": f"errors.file.{problem}"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Programma & route (v2).pdf", "Programma & route (v2).pdf"),
        ("C:\\Users\\Jan\\Begroting.pdf", "Begroting.pdf"),
        ("..", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "document.pdf"),
        ("con.tar.pdf", "document.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a--Set-Cookie- x.pdf"),
        ("exe\u202efdp.pdf", "exe-fdp.pdf"),
        ('naam";x="y.pdf', "naam--x--y.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
        ("cafe\u0301.pdf", "caf\u00e9.pdf"),
    ],
)
def test_names(sent: str, kept: str) -> None:
    assert uploads.name_of(sent, "pdf") == kept


def test_name_in_a_header() -> None:
    assert uploads.as_download("Café 1.pdf") == (
        "attachment; filename=\"Cafe 1.pdf\"; filename*=UTF-8''Caf%C3%A9%201.pdf"
    )
    assert uploads.as_download("痛み.pdf").startswith('attachment; filename="document.pdf"; ')
