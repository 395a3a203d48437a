"""Administrative relations of an extract: their names, levels and codes, and finding one by name.

In China a prefecture's level is 5 and that of its districts and counties 6; municipalities under
the state are at 4 (OSM wiki, "Tag:boundary=administrative").
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import osmium

from data.osm.clean_copy import own_ids
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.osm.blocks import Blocks

NAME_KEYS: Final = (
    *("name", "name:zh", "name:zh-Hans", "name:en", "official_name", "official_name:zh"),
    *("official_name:en", "alt_name", "alt_name:zh", "alt_name:en", "short_name", "short_name:zh"),
    *("short_name:en", "name:zh-Hant", "int_name"),
)
"""Keys under which a city is found; a value may hold several names between semicolons."""

CODE_KEYS: Final = (
    *("ref:admin:CN", "ref:admin:CN:mca", "ref:admin:CN:nbs", "ref:cadc:2020", "ref"),
)
"""Keys of the administrative code (OSM wiki, "Key:ref:admin:CN", "Key:ref:cadc:2020"), by trust."""

LEVELS: Final = (5, 6, 4, 7, 8, 9, 10, 11, 3, 2)
"""The levels at which a name is looked for, in this order."""

_BORDER_ROLES: Final = frozenset({"", "outer", "inner", "exclave", "enclave"})
_CODE_DIGITS: Final = 12  # six of the county, three of the town, three of the village
_COUNTY_DIGITS: Final = 6
_CODE_LENGTHS: Final = frozenset({2, 4, 6, 9, 12})
_SUFFIX: Final = re.compile(
    r"(?<=.)(?:特别行政区|自治[区州县旗]|地区|新区|林区|特区|[市区县盟旗省])$"
    r"|(?<=.) (?:city|municipality|prefecture|district|county|banner|league|province|shi|qu|xian)$"
)
_BLOCKS_AT_ONCE: Final = 32
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_NO_SIGNS: Final = re.compile(r"[\s\-'’·.]+")
_NEAR: Final = 0.5
_MOST_NEAR: Final = 3


@dataclass(frozen=True)
class AdminRelation:
    """An administrative relation: ``ways`` are those of its border, ``parts`` its subareas.

    ``names`` holds every name once, the one to print first. ``code`` is the administrative code as
    12 digits, empty where none is tagged.
    """

    id: int
    level: int
    names: tuple[str, ...]
    code: str
    ways: tuple[int, ...]
    parts: tuple[int, ...]

    @property
    def name(self) -> str:
        """The name to print."""
        return self.names[0]

    @property
    def adcode(self) -> str:
        """The code as people write it: six digits, or twelve below a county; may be empty."""
        county, rest = self.code[:_COUNTY_DIGITS], self.code[_COUNTY_DIGITS:]
        return self.code if rest.strip("0") else county

    @property
    def number(self) -> int:
        """The id as it stands in the file that was handed in."""
        return int(own_ids(np.array([self.id]))[0])

    def says(self) -> str:
        """Say which relation it is, for lists of several of one name."""
        if self.code:
            return say(
                "{name} r{id} (level {level}, code {code})",
                name=self.name,
                id=self.number,
                level=self.level,
                code=self.adcode,
            )
        return say("{name} r{id} (level {level})", name=self.name, id=self.number, level=self.level)


def read_admin_relations(blocks: Blocks) -> tuple[AdminRelation, ...]:
    """Read all relations with boundary=administrative, a level and a name, in the file's order."""
    rows = blocks.rows_of("r")
    found: list[AdminRelation] = []
    for first in range(0, len(rows), _BLOCKS_AT_ONCE):
        source = osmium.io.FileBuffer(blocks.copy(rows[first : first + _BLOCKS_AT_ONCE]), "pbf")
        processor = osmium.FileProcessor(source, osmium.osm.RELATION)
        relation: Any
        for relation in processor.with_filter(osmium.filter.KeyFilter("admin_level")):
            tags = dict(relation.tags)
            names = _names(tags)
            if tags.get("boundary") != "administrative" or not names:
                continue
            if not tags["admin_level"].isdecimal():
                continue
            members = [(one.type, one.ref, one.role) for one in relation.members]
            found.append(
                AdminRelation(
                    id=relation.id,
                    level=int(tags["admin_level"]),
                    names=names,
                    code=_code(tags),
                    ways=tuple(
                        ref for kind, ref, role in members if kind == "w" and role in _BORDER_ROLES
                    ),
                    parts=tuple(
                        ref for kind, ref, role in members if kind == "r" and role == "subarea"
                    ),
                )
            )
    return tuple(found)


def _names(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Give all names; first the local one, the Chinese alone where it stands in several scripts."""
    keys = list(NAME_KEYS)
    if _HAN.search(tags.get("name", "")):
        keys.sort(key=lambda key: key != "name:zh")
    names = [name.strip() for key in keys for name in tags.get(key, "").split(";")]
    return tuple(dict.fromkeys(name for name in names if name))


def _code(tags: Mapping[str, str]) -> str:
    for key in CODE_KEYS:
        text = tags.get(key, "").strip()
        short = key == "ref" and len(text) < _COUNTY_DIGITS  # a number of something else
        if text.isdecimal() and len(text) in _CODE_LENGTHS and not short:
            return text.ljust(_CODE_DIGITS, "0")
    return ""


def plain_name(name: str) -> str:
    """Give a name without case, accents, width of signs, spaces, hyphens and dots."""
    return _NO_SIGNS.sub("", _folded(name))


def stem_of(name: str) -> str:
    """Give the plain name without what kind of area it is: 市, 区, 县, City and their like."""
    return _NO_SIGNS.sub("", _SUFFIX.sub("", " ".join(_folded(name).split())))


def _folded(name: str) -> str:
    signs = unicodedata.normalize("NFKD", name.strip()).casefold()
    return "".join(sign for sign in signs if not unicodedata.combining(sign))


def find_relations(
    relations: Sequence[AdminRelation], asked: str
) -> tuple[tuple[AdminRelation, ...], tuple[AdminRelation, ...]]:
    """Find what is asked for by a name, a code or a relation's id such as ``r123``.

    Returns those that fit best, of which there are several where two have one name, and the others
    that fit: of other levels, or only without the word for the kind of area. `LEVELS` says which
    level goes before which.
    """
    text = asked.strip()
    if (number := re.fullmatch(r"r(-?\d+)", text.lower())) is not None:
        return tuple(one for one in relations if one.number == int(number[1])), ()
    if text.isdecimal():
        code = text.ljust(_CODE_DIGITS, "0")
        return tuple(one for one in relations if one.code == code), ()
    ranked: dict[tuple[int, bool], list[AdminRelation]] = {}
    for one in relations:
        fit = _fit(one, text)
        if fit is not None:
            ranked.setdefault((_rank(one.level), not fit), []).append(one)
    if not ranked:
        return (), ()
    best, *others = (ranked[key] for key in sorted(ranked))
    return tuple(best), tuple(one for of in others for one in of)


def _rank(level: int) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _fit(relation: AdminRelation, asked: str) -> bool | None:
    """Tell whether a name fits wholly, or but for its last word; None where it does not.

    Where both say what kind of area they are, both must say the same: 吉林市 is not 吉林省.
    """
    plain, stem = plain_name(asked), stem_of(asked)
    if any(plain_name(name) == plain for name in relation.names):
        return True
    for name in relation.names:
        bare = plain_name(name)
        if bare == stem or (plain == stem and stem_of(name) == stem):
            return False
    return None


def near_names(relations: Sequence[AdminRelation], asked: str) -> list[str]:
    """Give the names nearest to one that is not there, those of cities and counties first."""
    order = sorted(
        relations, key=lambda one: LEVELS.index(one.level) if one.level in LEVELS else 99
    )
    shown: dict[str, str] = {}
    for one in order:
        for name in one.names:
            shown.setdefault(stem_of(name), name)
    close = difflib.get_close_matches(stem_of(asked), list(shown), n=_MOST_NEAR, cutoff=_NEAR)
    return [shown[stem] for stem in close]
