"""Photos as phones send them, drawn for these tests."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

#: Corners of a drawn photo, clockwise from the top left, as (red, green, blue).
CORNERS = ((220, 30, 30), (30, 200, 30), (30, 30, 220), (220, 200, 30))
WHERE = b"33.95 N 116.80 E"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><geo>33.95 N 116.80 E</geo></x:xmpmeta>'


def drawn(width: int = 640, height: int = 480) -> Image.Image:
    """Return four quarters of one colour each, with a little noise so that no two are the same."""
    pixels = np.zeros((height, width, 3), np.uint8)
    rows, columns = height // 2, width // 2
    pixels[:rows, :columns], pixels[:rows, columns:] = CORNERS[0], CORNERS[1]
    pixels[rows:, columns:], pixels[rows:, :columns] = CORNERS[2], CORNERS[3]
    return Image.fromarray(pixels)


def with_everything(image: Image.Image, *, turn: int = 1) -> bytes:
    """Return a JPEG as a phone writes it: camera, moment, position, XMP, comment, profile."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Camera 9", turn
    exif.get_ifd(0x8825).update({1: "N", 2: (33.0, 57.0, 0.0), 3: "E", 4: (116.0, 48.0, 0.0)})
    exif.get_ifd(0x8769).update({0x9003: "2026:11:20 08:00:00", 0x9286: WHERE})
    told: dict[str, Any] = {"exif": exif, "xmp": XMP, "comment": WHERE, "icc_profile": WHERE * 9}
    return saved(image, "JPEG", **told) + b"after the end " + WHERE


def with_texts(image: Image.Image) -> bytes:
    """Return a PNG with a text, and a position in its EXIF."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", WHERE.decode())
    exif = Image.Exif()
    exif[0x010E] = WHERE.decode()
    return saved(image, "PNG", pnginfo=texts, exif=exif)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_head(width: int, height: int) -> bytes:
    """Return a PNG that says it has so many pixels, and holds none."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def jpeg_segments(content: bytes) -> list[int]:
    """Return the markers of a JPEG up to its pixels (ITU T.81, annex B), read without Pillow."""
    markers, at = [], 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        markers.append(marker)
        if marker == 0xDA:
            return markers
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    raise AssertionError("no pixels")
