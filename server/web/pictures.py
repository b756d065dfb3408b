"""Pictures as they are kept: the picture itself, and nothing that its camera wrote beside it.

Where a photograph was taken, by whom and on what stands in blocks of its own, and so does whatever
hides behind the end; they are left out. Pure; raises ValueError for what is cut off or broken.
"""

import struct

PNG_START, JPEG_START = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
PNG_KEPT = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM"),
        *(b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD", b"pHYs"),
    )
)
WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
WEBP_SAYS = 0x0C  # the bits of VP8X that promise EXIF and XMP
# JPEG (ITU T.81, table B.1): markers.
SOI, EOI, SOS, COM, APP, APP_LAST = 0xD8, 0xD9, 0xDA, 0xFE, 0xE0, 0xEF
APP_ICC, APP_EXIF, APP_ADOBE = 0xE2, 0xE1, 0xEE
IN_SCAN = frozenset((0x00, 0xFF, *range(0xD0, 0xD8)))  # stuffed byte, fill, restarts
ORIENTATION = 0x0112  # Exif 3.0, 4.6.5.1
TURNS = range(2, 9)


def clean_png(content: bytes) -> bytes:
    """A PNG of the blocks that draw it."""
    kept, at = [PNG_START], len(PNG_START)
    while True:
        if at + 12 > len(content):
            raise ValueError("cut off")
        (length,) = struct.unpack_from(">I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("cut off")
        if name in PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept)
        at = end


def clean_jpeg(content: bytes) -> bytes:
    """A JPEG without what was written beside it; that it lies on its side is kept."""
    kept, at, orientation = [b"\xff\xd8"], 2, 0
    while True:
        marker, at = _marker(content, at)
        if marker == EOI:
            return b"".join([kept[0], _turned(orientation), *kept[1:], b"\xff\xd9"])
        end = at + 2 + _length(content, at)
        body = content[at + 4 : end]
        if marker == APP_EXIF:
            orientation = orientation or orientation_in(body)
        elif _is_drawn(marker, body):
            end = _end_of_scan(content, end) if marker == SOS else end
            kept.append(content[at:end])
        at = end


def _marker(content: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and where its FF stands, past fill bytes."""
    while content[at : at + 2] == b"\xff\xff":
        at += 1
    if len(content) < at + 2 or content[at] != 0xFF:
        raise ValueError("no marker")
    return content[at + 1], at


def _length(content: bytes, at: int) -> int:
    found = content[at + 2 : at + 4]
    length = int.from_bytes(found, "big")
    if length < 2 or at + 2 + length > len(content):
        raise ValueError("cut off")
    return length


def _is_drawn(marker: int, body: bytes) -> bool:
    if marker == APP_ICC:
        return body.startswith(b"ICC_PROFILE\x00")
    return marker in (APP, APP_ADOBE) or not (APP < marker <= APP_LAST or marker == COM)


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands that ends what is drawn."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] not in IN_SCAN:
            return at
        at += 1 if content[at + 1] == 0xFF else 2
    raise ValueError("cut off")


def orientation_in(exif: bytes) -> int:
    """How a picture is turned, by its Exif block; 0 when that does not say so."""
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 0
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return 0
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, min(at + 2 + 12 * count, len(tiff) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == ORIENTATION:
            return value if value in TURNS else 0
    return 0


def _turned(orientation: int) -> bytes:
    """An Exif block that says how the picture is turned, and nothing else."""
    if not orientation:
        return b""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, orientation, 0)
    body = b"Exif\x00\x00MM\x00*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def clean_webp(content: bytes) -> bytes:
    """A WebP of the blocks that draw it."""
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise ValueError("cut off")
    kept, at = [], 12
    while at + 8 <= end:
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        after = at + 8 + length + length % 2
        if at + 8 + length > end:
            raise ValueError("cut off")
        if name in WEBP_KEPT:
            kept.append(_without_promises(name, content[at:after]))
        at = after
    if not any(block[:4] in (b"VP8 ", b"VP8L", b"ANMF") for block in kept):
        raise ValueError("no picture")
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _without_promises(name: bytes, block: bytes) -> bytes:
    if name != b"VP8X" or len(block) < 9:
        return block
    return block[:8] + bytes([block[8] & ~WEBP_SAYS]) + block[9:]
