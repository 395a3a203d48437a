"""What a city has settled: its name and box, its groups, and how far a station may be.

The settings stand in the workspace as ``yizhan.toml``, a commented file that people edit.
`read_settings` checks every key of it; `data.settings_text` writes it and `data.settings_keys`
says what each key means.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import tomllib
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import pyproj
from pyproj.exceptions import CRSError

from data.demand_settings import DemandSettings, read_demand_settings, read_number
from data.group_defaults import GROUP_DEFAULTS
from data.map_settings import BaseMapSettings, check_address, check_hosts, read_base_map
from data.photos.store import read_photo_store
from data.report_settings import ReportSettings, read_report_settings
from data.review_days import ReviewDays, read_review_days
from data.runs import KEEP_DAYS, read_keep_days
from data.settings_keys import KEY_NAMES
from data.vocabulary import (
    ACCESS_MODES,
    ACCESS_MODES_BY_ID,
    BASIC_EQUIPMENT,
    FACILITIES,
    GROUPS,
    GROUPS_BY_ID,
    KINDS,
    KINDS_BY_ID,
    nearest_word,
    quote,
    unknown_word,
)
from geo.errors import FileFormatError, InputError, WorkspaceError
from geo.measure import Box, metric_crs
from geo.messages import reason_of, say
from geo.profiles import MODES, Profile, profiles_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SETTINGS_FILE: Final = "yizhan.toml"
_LONGEST_NAME: Final = 200
_IDENTITY: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_WIDEST_BOX_DEGREES: Final = 12.0


def _check_range(name: str, value: float, least: float, most: float, unit: str) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InputError(
            say(
                "{name} {value} must lie between {least:,g} and {most:,g} {unit}",
                name=name,
                value=value,
                least=least,
                most=most,
                unit=unit,
            )
        )


@dataclass(frozen=True)
class ServiceStandard:
    """How far a worker may have to go: within the time and, where given, within the distance.

    ``mode`` is how the worker goes, ``cutoff_s`` the longest way in seconds and ``radius_m`` the
    longest way in metres along the roads (None: only the time counts).
    """

    mode: str
    cutoff_s: float
    radius_m: float | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise InputError(
                say("mode {mode} is none of {known}", mode=quote(self.mode), known=", ".join(MODES))
            )
        _check_range("cutoff_s", self.cutoff_s, 1, 14_400, say("seconds"))
        if self.radius_m is not None:
            _check_range("radius_m", self.radius_m, 1, 200_000, say("metres"))


_GROUP_WORDS: Final = (
    ("kinds", KINDS, say("kind")),
    ("needs", FACILITIES, say("facility")),
    ("access", ACCESS_MODES, say("way in")),
)


@dataclass(frozen=True)
class GroupSettings:
    """One group of workers: its standard, the kinds of station that serve it, what it must find.

    ``needs`` are facilities without which a station does not serve the group in effect; ``access``
    the ways in which the group can get in, where a station says how one does.
    """

    id: str
    standard: ServiceStandard
    kinds: frozenset[str]
    needs: frozenset[str] = frozenset(BASIC_EQUIPMENT)
    access: frozenset[str] = frozenset(ACCESS_MODES_BY_ID)

    def __post_init__(self) -> None:
        if self.id not in GROUPS_BY_ID:
            raise InputError(unknown_word(self.id, GROUPS, what=say("group")))
        for column, terms, what in _GROUP_WORDS:
            words = frozenset(getattr(self, column))
            object.__setattr__(self, column, words)
            for word in sorted(words - {term.id for term in terms}):
                raise InputError(unknown_word(word, terms, what=what))
        for column in ("kinds", "access"):
            if not getattr(self, column):
                raise InputError(
                    say(
                        "group {id}: {column} is empty, so no station would serve it",
                        id=self.id,
                        column=column,
                    )
                )


NATIONAL_STANDARD: Final = ServiceStandard("foot", 900.0, 1000.0)
DEFAULT_GROUPS: Final = tuple(
    GroupSettings(
        group,
        ServiceStandard(default.mode, default.cutoff_s, default.radius_m),
        frozenset(default.kinds),
        frozenset(default.needs),
        frozenset(default.access),
    )
    for group, default in GROUP_DEFAULTS.items()
)


@dataclass(frozen=True)
class Settings:
    """What a city has settled; `KEYS` explains each part.

    Raises
    ------
    InputError
        when a value cannot be; the message names the key and the cure.
    """

    name: str
    box: Box
    metric_crs: str
    identity: str = ""
    sample: bool = False
    national: ServiceStandard = NATIONAL_STANDARD
    groups: tuple[GroupSettings, ...] = DEFAULT_GROUPS
    snap_limit_m: float = 500.0
    candidate_spacing_m: float = 250.0
    candidate_kind: str = "station"
    profile_changes: Mapping[str, Any] = field(default_factory=dict)
    demand: DemandSettings = field(default_factory=DemandSettings)
    public_address: str = ""
    trusted_hosts: tuple[str, ...] = ()
    base_map: BaseMapSettings = field(default_factory=BaseMapSettings)
    review_days: ReviewDays = field(default_factory=ReviewDays)
    photo_store: str = ""
    report: ReportSettings = field(default_factory=ReportSettings)
    run_keep_days: int = KEEP_DAYS

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= _LONGEST_NAME or _CONTROL.search(self.name):
            raise InputError(
                say(
                    "name must be 1 to {longest} characters without line ends",
                    longest=_LONGEST_NAME,
                )
            )
        if self.identity and not _IDENTITY.fullmatch(self.identity):
            raise InputError(
                say(
                    "identity {identity} is none: write the UUID that yizhan db info "
                    "shows, or take the line out",
                    identity=quote(self.identity),
                )
            )
        left, bottom, right, top = self.box
        if max(right - left, top - bottom) > _WIDEST_BOX_DEGREES:
            raise InputError(
                say(
                    "box {box}: wider than {widest_box_degrees:g} degrees; a workspace is a city",
                    box=self.box,
                    widest_box_degrees=_WIDEST_BOX_DEGREES,
                )
            )
        _check_metric(self.metric_crs)
        profiles_from(self.profile_changes)  # refuses what cannot be
        ids = [group.id for group in self.groups]
        if not ids or len(set(ids)) != len(ids):
            raise InputError(say("groups: at least one group is needed, and each once"))
        _check_range("snap_limit_m", self.snap_limit_m, 1, 10_000, say("metres"))
        _check_range("candidates.spacing_m", self.candidate_spacing_m, 50, 50_000, say("metres"))
        if self.candidate_kind not in KINDS_BY_ID:
            raise InputError(
                say(
                    "candidates.kind: {reason}",
                    reason=unknown_word(self.candidate_kind, KINDS, what=say("kind")),
                )
            )

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The ids of the groups in order."""
        return tuple(group.id for group in self.groups)

    @property
    def content_hash(self) -> str:
        """sha256 (hex) of what a coverage or a plan depends on.

        That is all settings but the name, the identity, the sample mark, what the public page is
        drawn on, how long reviews take, where photos lie, what reports follow, and how workers are
        spread: the demand has its own hash.
        """
        parts = {
            "box": list(self.box),
            "metric_crs": self.metric_crs,
            "national": asdict(self.national),
            "groups": [asdict(group) for group in self.groups],
            "snap_limit_m": self.snap_limit_m,
            "candidates": [self.candidate_spacing_m, self.candidate_kind],
            "profiles": self.profile_changes,
        }
        # sets of words have no order of their own
        text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=sorted)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def profiles(self) -> dict[str, Profile]:
        """How each mode moves: the defaults with this city's changes laid over them."""
        return profiles_from(self.profile_changes)

    def group(self, group_id: str) -> GroupSettings:
        """Return the settings of one group (KeyError when the city has none of that id)."""
        return {group.id: group for group in self.groups}[group_id]


def default_settings(name: str, box: Box, *, sample: bool = False) -> Settings:
    """Return the settings of a new city: the default standards, the UTM zone of its box.

    Parameters
    ----------
    name
        the city's name, 1 to 200 characters.
    box
        left, bottom, right, top in degrees of WGS-84, at most 12 wide.
    sample
        True marks everything as generated.

    Returns
    -------
    Settings
        every group of the vocabulary with the defaults of `data.group_defaults`.

    Raises
    ------
    InputError
        when name or box cannot be.

    Examples
    --------
    >>> from data import default_settings
    >>> from geo import Box
    >>> settings = default_settings("示例市", Box(116.7, 33.9, 116.9, 34.0))
    >>> settings.national
    ServiceStandard(mode='foot', cutoff_s=900.0, radius_m=1000.0)
    >>> settings.group("courier").standard.cutoff_s
    300.0
    """
    return Settings(name=name, box=box, metric_crs=metric_crs(box).to_string(), sample=sample)


def read_settings(path: Path) -> Settings:
    """Read and check ``yizhan.toml``.

    Raises
    ------
    WorkspaceError
        when the file is not there or cannot be read.
    FileFormatError
        when it is no TOML; the message has line and column.
    InputError
        when a key is missing, not known (the nearest is named) or has a value that cannot be.
    """
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise WorkspaceError(
            say("{path} cannot be read ({reason})", path=path, reason=reason_of(error))
        ) from None
    except UnicodeDecodeError:
        raise FileFormatError(
            say("{path}: is not UTF-8 text: save it as UTF-8", path=path)
        ) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise FileFormatError(
            say(
                "{path}: is not TOML: {error}",
                path=path,
                error=str(error) or say("nested too deep"),
            )
        ) from None
    try:
        return _settings(raw)
    except InputError as error:
        raise InputError(say("{path}: {error}", path=path, error=error)) from None


def _settings(raw: Mapping[str, Any]) -> Settings:
    """Check the whole table."""
    profile_changes = raw.get("profiles", {})
    if not isinstance(profile_changes, dict):
        raise InputError(say("profiles must be a table: write it as [profiles.<mode>]"))
    _refuse_unknown({key: value for key, value in raw.items() if key != "profiles"})
    demand = read_demand_settings(raw.get("demand", {}))
    box = raw.get("box")
    if not isinstance(box, list) or len(box) != 4:  # noqa: PLR2004 - a box has four edges
        raise InputError(say("box must be [left, bottom, right, top] in degrees"))
    checked_box = Box(*(read_number("box", edge) for edge in box))
    settings = default_settings(_text("name", raw.get("name")), checked_box)
    candidates = raw.get("candidates", {})
    changes: dict[str, Any] = {
        "identity": _text("identity", raw["identity"]) if "identity" in raw else "",
        "sample": _truth("sample", raw.get("sample", False)),
        "metric_crs": _text("metric_crs", raw.get("metric_crs", settings.metric_crs)),
        "snap_limit_m": read_number("snap_limit_m", raw.get("snap_limit_m", settings.snap_limit_m)),
        "candidate_spacing_m": read_number(
            "candidates.spacing_m", candidates.get("spacing_m", settings.candidate_spacing_m)
        ),
        "candidate_kind": _text("candidates.kind", candidates.get("kind", settings.candidate_kind)),
        "profile_changes": profile_changes,
        "demand": demand,
        "public_address": check_address(raw.get("public_address", "")),
        "trusted_hosts": check_hosts(raw.get("trusted_hosts", [])),
        "base_map": read_base_map(raw.get("base_map", {})),
        "review_days": read_review_days(raw.get("proposals", {})),
        "photo_store": read_photo_store(raw.get("photos", {})),
        "report": read_report_settings(raw.get("report", {})),
        "run_keep_days": read_keep_days(raw.get("runs", {})),
    }
    if "standards" in raw:
        changes["national"] = _read_standard(
            "standards.national", raw["standards"].get("national", {}), NATIONAL_STANDARD
        )
    if "groups" in raw:
        changes["groups"] = tuple(
            _read_group(group, table) for group, table in raw["groups"].items()
        )
    return replace(settings, **changes)


def _read_group(group: str, table: Mapping[str, Any]) -> GroupSettings:
    defaults = next(default for default in DEFAULT_GROUPS if default.id == group)
    name = f"groups.{group}"
    standard = _read_standard(name, table, defaults.standard)
    read = GroupSettings(group, standard, defaults.kinds, defaults.needs, defaults.access)
    for column, _terms, what in _GROUP_WORDS:
        words = table.get(column, [])
        if not isinstance(words, list):
            raise InputError(
                say(
                    "{name}.{column} must be a list, each item a {what}",
                    name=name,
                    column=column,
                    what=what,
                )
            )
        try:
            if column in table:
                said: dict[str, Any] = {column: frozenset(_text(name, word) for word in words)}
                read = replace(read, **said)
        except InputError as error:
            raise InputError(
                say("{name}.{column}: {error}", name=name, column=column, error=error)
            ) from None
    return read


def _read_standard(
    name: str, table: Mapping[str, Any], default: ServiceStandard
) -> ServiceStandard:
    # A table that names its own time starts from nothing: a radius left out means none.
    radius = table.get("radius_m", None if "cutoff_s" in table else default.radius_m)
    try:
        return ServiceStandard(
            mode=_text("mode", table.get("mode", default.mode)),
            cutoff_s=read_number("cutoff_s", table.get("cutoff_s", default.cutoff_s)),
            radius_m=None if radius is None else read_number("radius_m", radius),
        )
    except InputError as error:
        raise InputError(say("{name}.{error}", name=name, error=error)) from None


def _refuse_unknown(raw: Mapping[str, Any]) -> None:
    """Refuse a key that is not in `KEYS`, naming the nearest that is."""
    for written, name in _leaves(raw):
        if name in KEY_NAMES:
            continue
        table, _, key = name.partition(".")
        inner = raw[table].get(key) if isinstance(raw[table], dict) else None
        if (table == "groups" and key) or (table == "demand" and isinstance(inner, dict)):
            group = key.split(".")[0]
            if group != "<group>":
                raise InputError(
                    say(
                        "key {written}: {reason}",
                        written=written,
                        reason=unknown_word(group, GROUPS, what=say("group")),
                    )
                )
        if any(known.startswith(f"{name}.") for known in KEY_NAMES):
            raise InputError(
                say("key {written} must be a table: write it as [{written}]", written=written)
            )
        near = nearest_word(name, KEY_NAMES)
        cure = (
            say("did you mean {near}?", near=near)
            if near
            else say("see docs/settings.md for all keys")
        )
        raise InputError(
            say("key {written} is not known: {cure}", written=quote(written), cure=cure)
        )


def _leaves(raw: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Every key with a value as (as written, as in `KEYS`), and every table that has no place."""
    tables = {
        known.rsplit(".", depth)[0]
        for known in KEY_NAMES
        for depth in range(1, known.count(".") + 1)
    }

    def walk(table: Mapping[str, Any], written: str, name: str) -> Iterable[tuple[str, str]]:
        for key, value in table.items():
            path = f"{written}.{key}" if written else key
            known = f"{name}.{key}" if name else key
            if name in {"groups", "demand"} and key in GROUPS_BY_ID:
                known = f"{name}.<group>"
            if isinstance(value, dict) and known in tables:
                yield from walk(value, path, known)
            else:
                yield path, known

    return walk(raw, "", "")


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError(say("{name} must be text in quotes", name=name))
    return value


def _truth(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputError(say("{name} must be true or false", name=name))
    return value


def _check_metric(name: str) -> None:
    """Refuse a CRS that is not known or in which lengths are not metres on the ground."""
    code = name.removeprefix("EPSG:")
    try:
        # Only a number: PROJ reads other words as definitions, names and files.
        crs = pyproj.CRS.from_epsg(int(code if code.isdecimal() else "0"))
    except CRSError:
        raise InputError(
            say(
                "metric_crs {name} is not known: write an EPSG code such as EPSG:32650",
                name=quote(name),
            )
        ) from None
    web_mercator = 3857
    metres = crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)
    if not metres or crs.to_epsg() == web_mercator:
        raise InputError(
            say(
                "metric_crs {name} does not measure in metres on the ground: "
                "use the UTM zone of the city, such as EPSG:32650",
                name=quote(name),
            )
        )
