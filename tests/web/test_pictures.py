"""A picture is kept, and what its camera wrote beside it is not."""

import struct
import zlib

import pytest

from server.web import pictures

SECRET = b"52.0907N 5.1214E"


def block(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


DRAWN = [block(b"IHDR", b"x" * 13), block(b"IDAT", b"xx"), block(b"IEND", b"")]


def png(*blocks: bytes) -> bytes:
    return pictures.PNG_START + b"".join(blocks)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


SCAN = segment(0xDA, b"head") + b"data\xff\x00more\xff\xd0again"
EOI = b"\xff\xd9"


def exif(order: str, orientation: int) -> bytes:
    start = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = struct.pack(f"{order}HHIHH", 0x0100, 3, 1, 9, 0)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"Exif\x00\x00" + start + struct.pack(f"{order}IH", 8, 2) + entries + SECRET


def jpeg(*segments: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(segments)


def riff(*blocks: tuple[bytes, bytes]) -> bytes:
    written = [n + struct.pack("<I", len(b)) + b + b"\x00" * (len(b) % 2) for n, b in blocks]
    body = b"WEBP" + b"".join(written)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_png_keeps_what_draws_it() -> None:
    head, *rest = DRAWN
    written = png(head, block(b"tEXt", SECRET), block(b"eXIf", SECRET), *rest) + SECRET

    assert pictures.clean_png(written) == png(*DRAWN)


def test_jpeg_keeps_what_draws_it() -> None:
    jfif, icc = segment(0xE0, b"JFIF\x00"), segment(0xE2, b"ICC_PROFILE\x00x")
    table, frame = segment(0xDB, b"table"), segment(0xC0, b"frame")
    beside = [segment(0xE1, SECRET), segment(0xFE, SECRET), segment(0xE2, b"MPF\x00" + SECRET)]
    written = jpeg(jfif, *beside, icc, table, b"\xff", frame, SCAN, EOI) + SECRET

    assert pictures.clean_jpeg(written) == jpeg(jfif, icc, table, frame, SCAN, EOI)


def test_jpeg_of_several_scans_is_kept_whole() -> None:
    whole = jpeg(segment(0xC2, b"frame"), SCAN, segment(0xC4, b"table"), SCAN, EOI)

    assert pictures.clean_jpeg(whole) == whole


@pytest.mark.parametrize("order", ["<", ">"])
def test_photograph_on_its_side_stays_on_its_side(order: str) -> None:
    cleaned = pictures.clean_jpeg(jpeg(segment(0xE1, exif(order, 6)), SCAN, EOI))

    assert SECRET not in cleaned
    assert pictures.orientation_in(cleaned[6 : 6 + 32]) == 6


@pytest.mark.parametrize(
    "body",
    [
        b"http://ns.adobe.com/xap/1.0/\x00",
        b"Exif\x00\x00II",
        b"Exif\x00\x00II*\x00\xff\xff\x00\x00",
        exif("<", 1),
        exif("<", 77),
        exif("<", 6)[:20],
    ],
)
def test_block_that_says_nothing_of_turning(body: bytes) -> None:
    assert pictures.orientation_in(body) == 0


def test_webp_keeps_what_draws_it() -> None:
    size, drawn = b"\x00" * 9, (b"VP8 ", b"xxx")
    written = riff((b"VP8X", b"\x1c" + size), drawn, (b"EXIF", SECRET), (b"XMP ", SECRET))

    assert pictures.clean_webp(written + SECRET) == riff((b"VP8X", b"\x10" + size), drawn)


@pytest.mark.parametrize(
    "broken",
    [
        pictures.PNG_START,
        png(*DRAWN[:2]),
        png(DRAWN[0][:-1]),
        png(struct.pack(">I", 2**31) + b"IDAT" + b"x" * 20),
    ],
)
def test_png_that_is_cut_off(broken: bytes) -> None:
    with pytest.raises(ValueError, match="cut off"):
        pictures.clean_png(broken)


@pytest.mark.parametrize(
    "broken",
    [
        jpeg(),
        jpeg(b"no marker"),
        jpeg(segment(0xDB, b"table")),
        jpeg(b"\xff\xdb\xff\xffx"),
        jpeg(b"\xff\xdb\x00\x00"),
        jpeg(SCAN),
        jpeg(SCAN, b"\xff"),
    ],
)
def test_jpeg_that_is_cut_off(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|no marker"):
        pictures.clean_jpeg(broken)


@pytest.mark.parametrize(
    "broken",
    [
        riff((b"VP8 ", b"xxxx"))[:-2],
        riff((b"EXIF", b"xxxx")),
        b"RIFF\x10\x00\x00\x00WEBPVP8 \xff" * 2,
    ],
)
def test_webp_that_is_cut_off(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"cut off|no picture"):
        pictures.clean_webp(broken)
