"""Forms of an extract: what a file is by its first bytes, unpacked and looked over for marks."""

from __future__ import annotations

import bz2
import gzip
import re
import shutil
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, Literal
from xml.parsers import expat

from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

ENDINGS = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")

Form = Literal["xml", "pbf", "json"]

_GZIP, _BZIP2 = b"\x1f\x8b", b"BZh"
_CHUNK: Final = 1 << 22
_OVERLAP: Final = 64  # longer than any mark that is looked for
_BELOW_ZERO: Final = re.compile(rb"id=[\"']-")
_NO_LETTERS: Final = b"\xef\xbb\xbf \t\r\n"


def check_extract(path: Path) -> None:
    """Refuse what is no OSM extract by its name, or is not there (FileFormatError)."""
    if not path.exists():
        raise FileFormatError(say("{path}: no such file", path=path))
    if path.is_dir():
        raise FileFormatError(
            say(
                "{path}: is a folder, expected one of {endings}",
                path=path,
                endings=", ".join(ENDINGS),
            )
        )
    if not path.name.lower().endswith(ENDINGS):
        raise FileFormatError(
            say(
                "{path}: not an OSM extract (expected {endings})",
                path=path,
                endings=", ".join(ENDINGS),
            )
        )
    if path.stat().st_size == 0:
        raise FileFormatError(say("{path}: is empty", path=path))


def unpacked(path: Path, folder: Path) -> Path:
    """Give the file itself, or what a .gz or .bz2 holds as a file in ``folder``.

    Packed files may have several streams, as pbzip2 makes them: libosmium stops at the end of the
    first of a .bz2. FileFormatError where the file is no whole archive.
    """
    head = _head(path)
    if not head.startswith((_GZIP, _BZIP2)):
        return path
    plain = folder / "unpacked.osm"
    packed: IO[bytes] = (
        gzip.GzipFile(path) if head.startswith(_GZIP) else bz2.BZ2File(path)  # type: ignore[assignment]  # both are read as files are
    )
    try:
        with packed, plain.open("wb") as whole:
            shutil.copyfileobj(packed, whole, _CHUNK)
    except (EOFError, OSError) as error:
        raise FileFormatError(
            say("{path}: cannot be read as OSM data ({error}): get it anew", path=path, error=error)
        ) from error
    return plain


def form_of(plain: Path, *, named: Path) -> Form:
    """Tell by the first bytes what a file is that is not packed, whatever its name says.

    FileFormatError for what is none of them.
    """
    head = _head(plain).lstrip(_NO_LETTERS)
    if head.startswith(b"{"):
        return "json"
    if b"OSMHeader" in head[:64]:
        return "pbf"
    if b"<html" in head[:512].lower():
        raise FileFormatError(
            say("{file}: is a web page and no OSM data: get the file anew", file=named)
        )
    if head.startswith(b"<"):
        return "xml"
    raise FileFormatError(
        say("{file}: cannot be read as OSM data (it is no XML and no PBF)", file=named)
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1024)


@dataclass(frozen=True)
class XmlMarks:
    """What the bytes of an OSM XML file show before it is parsed.

    ``gone`` tells of objects that are no more (``visible="false"`` or an editor's
    ``action="delete"``), ``below_zero`` of ids that an editor made up, ``mixed`` of ways that
    stand before a node, ``remark`` of a word of Overpass on its run.
    """

    gone: bool
    below_zero: bool
    mixed: bool
    remark: bool


def xml_marks(path: Path) -> XmlMarks:
    """Look through the bytes of an XML file; a false alarm costs time and nothing else."""
    gone = below_zero = mixed = remark = ways = False
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = tail + chunk
            gone |= any(
                mark in text
                for mark in (b'"delete"', b"'delete'", b'visible="false', b"visible='false")
            )
            below_zero |= _BELOW_ZERO.search(text) is not None
            remark |= b"<remark" in text
            way = 0 if ways else text.find(b"<way")
            ways |= way >= 0
            mixed |= ways and text.find(b"<node", max(way, 0)) >= 0
            tail = text[-_OVERLAP:] if not text.endswith(b">") else b""
    return XmlMarks(gone=gone, below_zero=below_zero, mixed=mixed, remark=remark)


def refuse_part_of_an_answer(remark: str, *, named: Path) -> None:
    """Refuse what Overpass says of a run that ended early: the data is only a part."""
    if "error" in remark.lower():
        raise FileFormatError(
            say(
                "{file}: is only a part, Overpass ended early ({remark}): ask for a smaller area or"
                " allow more time",
                file=named,
                remark=" ".join(remark.split())[:160],
            )
        )


def xml_words(path: Path) -> tuple[str, frozenset[tuple[str, int]]]:
    """Give the remark of an XML file, and (type, id) of what an editor marked to be deleted."""
    remark: list[str] = []
    deleted: set[tuple[str, int]] = set()
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = name == "remark"
        if attributes.get("action") == "delete" and name in {"node", "way", "relation"}:
            deleted.add((name[0], int(attributes["id"])))

    def end(_name: str) -> None:
        nonlocal inside
        inside = False

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: remark.append(text) if inside else None
    parser.EntityDeclHandler = _refuse_entities
    with path.open("rb") as file:
        parser.ParseFile(file)
    return "".join(remark), frozenset(deleted)


def _refuse_entities(*_: object) -> None:
    message = "it declares entities of its own"
    raise RuntimeError(message)
