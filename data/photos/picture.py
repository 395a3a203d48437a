"""A photo that somebody sends: hostile until it is read, then a small JPEG and nothing else.

Type and size are taken from the head of the file before a pixel is decoded. What is kept is drawn
anew: turned upright as the camera noted, at most 1600 pixels long, without position, camera data,
texts, colour profile, or anything else that was in the file.
"""

from __future__ import annotations

import hashlib
import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from geo.errors import InputError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BYTES: Final = 12 << 20
#: 12-megapixel phones send 12, those of 48 send 48.8 at most; 50 decoded are 150 MB.
MOST_PIXELS: Final = 50_000_000
LEAST_SIDE: Final = 16
LONGEST_SIDE: Final = 1600
THUMBNAIL_SIDE: Final = 320
MEDIA_TYPE: Final = "image/jpeg"
#: Seen as good on photos; a photo of 1600 pixels comes to about 300 kB.
_QUALITY: Final = 80
#: EXIF 2.3, tag 0x0112: where the sensor's first row and column lie on the upright photo.
_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept: JPEG, sRGB as far as the sender's was, without any data beside it.

    ``width`` and ``height`` are pixels of ``content``; ``thumbnail`` is the same at most 320 long.
    """

    content: bytes
    thumbnail: bytes
    width: int
    height: int

    @property
    def content_hash(self) -> str:
        """sha256 (hex) of ``content``."""
        return hashlib.sha256(self.content).hexdigest()


def read_picture(content: bytes) -> Picture:
    """Read a photo in JPEG, PNG or WebP and draw it anew.

    Raises
    ------
    InputError
        when it has more than 12 MB or 50 megapixels, is another kind of file, or is broken.
    """
    if len(content) > MOST_BYTES:
        raise too_heavy()
    try:
        opened = _opener(content)(io.BytesIO(content))
        _check_size(*opened.size)
        upright = _upright(opened)
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - hostile bytes: Pillow's readers raise whatever they meet
        raise InputError(
            say("the photo is broken or cut off: open it on the phone and save it again")
        ) from None
    large = _shrunk(upright, LONGEST_SIDE)
    small = _shrunk(large, THUMBNAIL_SIDE)
    return Picture(_jpeg(large), _jpeg(small), *large.size)


def too_heavy() -> InputError:
    """Return the refusal of a file with too many bytes."""
    return InputError(say("a photo may have {most} MB: send it smaller", most=MOST_BYTES >> 20))


def thumbnail_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the thumbnail of a kept photo, in pixels."""
    longest = max(width, height)
    if longest <= THUMBNAIL_SIDE:
        return width, height
    short = max(1, round(min(width, height) * THUMBNAIL_SIDE / longest))
    return (THUMBNAIL_SIDE, short) if width >= height else (short, THUMBNAIL_SIDE)


def _opener(content: bytes) -> Callable[[io.BytesIO], Image.Image]:
    """Return the reader for what the first bytes say, whatever the file is called."""
    if content.startswith(b"\xff\xd8\xff"):
        return JpegImagePlugin.JpegImageFile
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImagePlugin.PngImageFile
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        _check_size(*_webp_size(content))  # Pillow's reader takes memory for the whole at once
        return WebPImagePlugin.WebPImageFile
    raise InputError(
        say("the photo is no JPEG, PNG or WebP: take it with the camera, or save it as JPEG")
    )


def _webp_size(content: bytes) -> tuple[int, int]:
    """Return the size that the first chunk of a WebP file names (RFC 9649, 2.5 to 2.7)."""
    kind = content[12:16]
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return 1 + int.from_bytes(wide, "little"), 1 + int.from_bytes(high, "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", content[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    wide_bits, high_bits = struct.unpack("<HH", content[26:30])
    return wide_bits & 0x3FFF, high_bits & 0x3FFF


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise InputError(
            say(
                "the photo has {width} x {height} pixels ({megapixels} megapixels), at most {most} "
                "are taken: set the camera to a smaller size",
                width=width,
                height=height,
                megapixels=round(width * height / 1e6),
                most=MOST_PIXELS // 1_000_000,
            )
        )
    if min(width, height) < LEAST_SIDE:
        raise InputError(
            say("the photo has fewer than {least} pixels across or down", least=LEAST_SIDE)
        )


def _upright(opened: Image.Image) -> Image.Image:
    """Decode the first picture of a file, turn it, and give back its colours alone."""
    turn = opened.getexif().get(_ORIENTATION)
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at 1/2, 1/4 or 1/8
    if opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info:
        seen = opened.convert("RGBA")
        plain = Image.new("RGB", seen.size, "white")
        plain.paste(seen, mask=seen)
    else:
        plain = _shrunk(opened.convert("RGB"), 2 * LONGEST_SIDE)
    way = _UPRIGHT.get(turn) if isinstance(turn, int) else None
    return plain if way is None else plain.transpose(way)


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """Return a picture at most so long; what it carried beside its colours is left behind."""
    width, height = image.size
    scale = min(1.0, longest / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    drawn = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
    clean = Image.new("RGB", size)
    clean.paste(drawn)
    return clean


def _jpeg(image: Image.Image) -> bytes:
    drawn = io.BytesIO()
    image.save(drawn, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return drawn.getvalue()
