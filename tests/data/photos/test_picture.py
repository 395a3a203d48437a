"""A photo is taken within its limits, and nothing but its colours is kept."""

from __future__ import annotations

import io
import resource
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from data.photos.picture import LONGEST_SIDE, read_picture, thumbnail_size
from geo.errors import InputError
from tests.data.photos.drawn import (
    CORNERS,
    WHERE,
    XMP,
    drawn,
    jpeg_segments,
    png_head,
    saved,
    with_everything,
    with_texts,
)

#: Which corner comes first, clockwise from the top left, and whether it goes clockwise then: what
#: EXIF 2.3 says of 1 to 8, where "the 0th row is the visual top, the 0th column the left side".
TURNS = {
    1: (0, 1, 2, 3),
    2: (1, 0, 3, 2),
    3: (2, 3, 0, 1),
    4: (3, 2, 1, 0),
    5: (0, 3, 2, 1),
    6: (3, 0, 1, 2),
    7: (2, 1, 0, 3),
    8: (1, 2, 3, 0),
}


def _corners(content: bytes) -> list[tuple[int, ...]]:
    """Return which corner of the drawing stands where, clockwise from the top left."""
    pixels = np.asarray(Image.open(io.BytesIO(content))).astype(int)
    high, wide = pixels.shape[0] // 4, pixels.shape[1] // 4
    spots = [pixels[high, wide], pixels[high, -wide], pixels[-high, -wide], pixels[-high, wide]]
    return [min(CORNERS, key=lambda one: sum(abs(np.array(one) - spot))) for spot in spots]


@pytest.mark.parametrize("turn", TURNS)
def test_a_photo_stands_upright_as_the_camera_noted(turn: int) -> None:
    picture = read_picture(with_everything(drawn(400, 300), turn=turn))
    assert (picture.width, picture.height) == ((400, 300) if turn < 5 else (300, 400))
    assert _corners(picture.content) == [CORNERS[corner] for corner in TURNS[turn]]
    assert _corners(picture.thumbnail) == [CORNERS[corner] for corner in TURNS[turn]]


@pytest.mark.parametrize("sent", [with_everything, with_texts])
def test_nothing_of_camera_place_or_words_is_left(
    sent: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rasterio = pytest.importorskip("rasterio")
    given = sent(drawn())  # type: ignore[operator]
    assert WHERE in given
    picture = read_picture(given)
    for content in (picture.content, picture.thumbnail):
        for word in (WHERE, XMP, b"Exif", b"ICC_PROFILE", b"Maker", b"Camera"):
            assert word not in content
        # APP0 (JFIF), tables, frame and scan; no APP1 to APP15, no comment.
        assert {*jpeg_segments(content)} <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDD, 0xDA}
        assert content.endswith(b"\xff\xd9")
        file = tmp_path_factory.mktemp("read") / "photo.jpg"
        file.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a photo lies nowhere on the ground: GDAL says so
            with rasterio.open(file) as read:
                assert {
                    name for name in read.tags() if "EXIF" in name or "COMMENT" in name
                } == set()
                assert read.tags(ns="xml:XMP") == {}


def test_the_other_tool_sees_what_was_in_the_photo_that_was_sent(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rasterio = pytest.importorskip("rasterio")
    file = tmp_path_factory.mktemp("sent") / "photo.jpg"
    file.write_bytes(with_everything(drawn()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with rasterio.open(file) as read:
            assert read.tags()["EXIF_Make"] == "Maker"
            assert "EXIF_GPSLatitude" in read.tags()
            assert read.tags(ns="xml:XMP")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_is_made_small(kind: str) -> None:
    picture = read_picture(saved(drawn(3000, 1500), kind))
    assert (picture.width, picture.height) == (LONGEST_SIDE, 800)
    large, small = (Image.open(io.BytesIO(one)) for one in (picture.content, picture.thumbnail))
    assert (large.size, large.format, large.mode) == ((1600, 800), "JPEG", "RGB")
    assert small.size == thumbnail_size(1600, 800) == (320, 160)
    assert _corners(picture.content) == list(CORNERS)


def test_a_photo_through_which_one_sees_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    picture = read_picture(saved(clear, "PNG"))
    assert Image.open(io.BytesIO(picture.content)).getpixel((32, 32)) == (255, 255, 255)


def _jpeg_head(width: int, height: int) -> bytes:
    """Return a small JPEG whose frame says that it has so many pixels."""
    content = saved(drawn(64, 64), "JPEG")
    at = content.index(b"\xff\xc0") + 5
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return content[:at] + size + content[at + 4 :]


def _webp_head(width: int, height: int) -> bytes:
    sized = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + bytes(4) + sized
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize("head", [_jpeg_head, png_head, _webp_head])
def test_a_hundred_megapixels_are_refused_before_they_are_decoded(head: object) -> None:
    read_picture(saved(drawn(64, 64), "WEBP"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=r"^the photo has 10000 x 10000 pixels \(100 megapixels\)"):
        read_picture(head(10_000, 10_000))  # type: ignore[operator]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    scale = 1 if sys.platform == "darwin" else 1024
    assert (after - before) * scale < 50_000_000  # they are 300 MB


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JPEG, PNG or WebP"),
        (b"GIF89a" + bytes(99), "no JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no JPEG"),
        (b"\xff\xd8\xff" + bytes(99), "broken"),
        (saved(drawn(), "JPEG")[:2000], "broken"),
        (saved(drawn(), "PNG")[:300], "broken"),
        (saved(drawn(), "WEBP")[:60], "broken"),
        (b"RIFF\x00\x00\x00\x00WEBP", "broken"),
        (png_head(640, 480), "broken"),
        (saved(drawn(640, 8), "PNG"), "fewer than 16 pixels"),
        (saved(drawn(), "JPEG") + bytes(12 << 20), "12 MB"),
    ],
)
def test_what_is_no_photo_is_refused_in_a_line(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as told:
        read_picture(content)
    assert "\n" not in str(told.value)


_WHOLE = {kind: saved(drawn(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP")}


@given(
    kind=st.sampled_from(sorted(_WHOLE)),
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 5000),
)
def test_a_changed_photo_is_drawn_anew_or_refused(
    kind: str, changes: list[tuple[int, int]], cut: int
) -> None:
    content = bytearray(_WHOLE[kind])
    for at, value in changes:
        content[at % len(content)] = value
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's words about a file that it takes all the same
        try:
            picture = read_picture(bytes(content[: len(content) - cut % len(content)]))
        except InputError:
            return
    assert picture.content.startswith(b"\xff\xd8")
    assert max(picture.width, picture.height) <= LONGEST_SIDE
