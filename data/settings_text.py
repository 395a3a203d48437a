"""The text of ``yizhan.toml``: every key with its reason above it."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from data.atomic import write_text
from data.settings import read_settings
from data.settings_keys import KEYS
from data.vocabulary import ACCESS_MODES_BY_ID, GROUPS_BY_ID, KINDS_BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.demand_settings import GroupDensity
    from data.settings import ServiceStandard, Settings

_WIDTH: Final = 94
_KEYS: Final = {key.name: key for key in KEYS}
_GROUP_KEYS: Final = (
    "weights",
    "roads",
    "bandwidth_m",
    "over",
    "eps",
    "presence",
    "weekday",
    "weekend",
)


def settings_text(settings: Settings) -> str:
    """Return the commented text of ``yizhan.toml`` that reads back as ``settings``."""
    lines = [
        "# Yizhan: what this city has settled. Edit it and run the commands again; each key is",
        "# explained in docs/settings.md. Lengths are metres, times seconds, coordinates WGS-84.",
        "",
    ]
    lines += _spaced({"name": settings.name})
    lines += _spaced({"identity": settings.identity}) if settings.identity else []
    own = ("sample", "box", "metric_crs", "snap_limit_m", "public_address")
    lists = {"box": [*settings.box], "trusted_hosts": [*settings.trusted_hosts]}
    lines += _spaced({name: getattr(settings, name) for name in own} | lists)
    page = ("provider", "key", "review_number")
    lines += ["[base_map]"]
    lines += _spaced({f"base_map.{name}": getattr(settings.base_map, name) for name in page})
    lines += ["[proposals]"]
    review = {f"proposals.{name}_days": days for name, days in asdict(settings.review_days).items()}
    lines += _spaced(review)
    lines += ["[report]"]
    lines += _spaced({"report.issuer": settings.report.issuer})
    lines += [*_comment("report.targets"), *_target_lines(settings), ""]
    lines += ["[photos]"]
    lines += _spaced({"photos.store": settings.photo_store})
    lines += ["[runs]"]
    lines += _spaced({"runs.keep_days": settings.run_keep_days})
    lines += ["[candidates]"]
    lines += _spaced(
        {
            "candidates.spacing_m": settings.candidate_spacing_m,
            "candidates.kind": settings.candidate_kind,
        }
    )
    lines += ["[standards.national]"]
    lines += _table(_standard("standards.national", settings.national), commented=True)
    for number, group in enumerate(settings.groups):
        term = GROUPS_BY_ID[group.id]
        values = _standard("groups.<group>", group.standard) | {
            "groups.<group>.kinds": [kind for kind in KINDS_BY_ID if kind in group.kinds],
            "groups.<group>.needs": sorted(group.needs),
            "groups.<group>.access": [way for way in ACCESS_MODES_BY_ID if way in group.access],
        }
        lines += ["", f"[groups.{group.id}]  # {term.zh} {term.en}"]
        lines += _table(values, commented=number == 0)
    lines += ["", *_demand_lines(settings)]
    lines += ["", *_profile_lines(settings.profile_changes)]
    return "\n".join(lines).rstrip() + "\n"


def _profile_lines(changes: Mapping[str, Any]) -> list[str]:
    """Write the changed profiles, or an example of how to change one, commented out."""
    if not changes:
        return [
            *_comment("profiles.<mode>"),
            "# Build the network again after a change. For example:",
            "# [profiles.ebike]",
            "# signal_s = 12",
            "# speed_kph = { residential = 12, footway = false }",
        ]
    lines = []
    for mode, table in changes.items():
        lines.append(f"[profiles.{mode}]")
        for key, value in table.items():
            if isinstance(value, dict):
                inner = ", ".join(f"{name} = {json.dumps(of)}" for name, of in value.items())
                lines.append(f"{key} = {{ {inner} }}")
            else:
                lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
        lines.append("")
    return lines


def write_template(path: Path, settings: Settings) -> None:
    """Write the commented ``yizhan.toml``, whole or not at all (WorkspaceError)."""
    write_text(path, settings_text(settings))


def settle_identity(path: Path, identity: str) -> str:
    """Return the identity that stands in ``yizhan.toml``, after writing ``identity`` if none does.

    All else stays as it was written. "" writes nothing, and is returned where there is none.

    Raises
    ------
    WorkspaceError
        when the file cannot be written.
    """
    known = read_settings(path).identity
    if known or not identity:
        return known
    text = path.read_bytes().decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = text.removeprefix(mark).split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    # Before the first key and the comment on top of it: there no table has begun.
    at = next(at for at, line in enumerate(lines) if line.strip() and not _is_comment(line))
    while at and _is_comment(lines[at - 1]):
        at -= 1
    entry = [f"{line}{end}" for line in _spaced({"identity": identity})]
    write_text(path.resolve(), mark + "\n".join([*lines[:at], *entry, *lines[at:]]))
    return identity


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _spaced(values: Mapping[str, object]) -> list[str]:
    """Write each key with its comment and a blank line after it."""
    return [line for name, value in values.items() for line in (*_entry(name, value), "")]


def _table(values: Mapping[str, object], *, commented: bool) -> list[str]:
    """Write keys one under the other, each with its comment where ``commented``."""
    entries = (_entry(name, value) for name, value in values.items())
    return [line for entry in entries for line in (entry if commented else entry[-1:])]


def _entry(name: str, value: object) -> list[str]:
    """Write the comment of a key, and ``key = value``."""
    number = isinstance(value, float) and value.is_integer()
    shown = f"{value:.0f}" if number else json.dumps(value, ensure_ascii=False)
    return [*_comment(name), f"{name.rsplit('.', 1)[-1]} = {shown}"]


def _comment(name: str) -> list[str]:
    key = _KEYS[name]
    return _wrapped(f"{key.meaning} ({key.unit}; default: {key.default})")


def _wrapped(text: str) -> list[str]:
    return [f"# {part}" for part in textwrap.wrap(text, width=_WIDTH)]


def _standard(prefix: str, standard: ServiceStandard) -> dict[str, object]:
    values = {"mode": standard.mode, "cutoff_s": standard.cutoff_s, "radius_m": standard.radius_m}
    return {f"{prefix}.{name}": value for name, value in values.items() if value is not None}


def _demand_lines(settings: Settings) -> list[str]:
    """Write how workers are spread, each group with the reasons of its defaults."""
    of = settings.demand
    lines = [
        "# How yizhan demand build spreads workers over the city (docs/planner.md).",
        "[demand]",
    ]
    own = ("totals", "cell_m", "shape", "h3_resolution", "draws", "seed", "concentration")
    lines += _spaced({f"demand.{name}": getattr(of, name) for name in own})[:-1]
    for number, group in enumerate(settings.group_ids):
        lines += ["", *_group_density_lines(of.group(group), commented=number == 0)]
    return lines


def _group_density_lines(density: GroupDensity, *, commented: bool) -> list[str]:
    term = GROUPS_BY_ID[density.id]
    values: dict[str, object] = {
        "weights": _inline(density.weights),
        "bandwidth_m": _plain(density.bandwidth_m),
        "over": json.dumps(density.over),
        "eps": _plain(density.eps),
        "presence": _plain(density.presence),
        "weekday": _hours(density.weekday),
        "weekend": _hours(density.weekend),
    }
    if density.roads:
        values["roads"] = _inline(density.roads)
    lines = [f"[demand.{density.id}]  # {term.zh} {term.en}"]
    for name in _GROUP_KEYS:
        if commented:
            lines += _comment(f"demand.<group>.{name}")
        if name in values:
            why = density.reason(name)
            lines += _wrapped(f"why: {why}") if why else []
            lines.append(f"{name} = {values[name]}")
    return lines


def _target_lines(settings: Settings) -> list[str]:
    """Write the targets of the reports, each in a line."""
    rows = []
    for target in settings.report.targets:
        said = {name: value for name, value in asdict(target).items() if value is not None}
        cells = ", ".join(f"{name} = {_toml(value)}" for name, value in said.items())
        rows.append(f"  {{ {cells} }},")
    return ["targets = [", *rows, "]"] if rows else ["targets = []"]


def _toml(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _plain(value: float) -> str:
    """Write a number with every digit, a whole one without a point."""
    return f"{value:.0f}" if value.is_integer() else repr(value)


def _inline(table: Mapping[str, float]) -> str:
    inner = ", ".join(
        f"{name if name.replace('_', '').isalnum() and name.isascii() else json.dumps(name)} "
        f"= {value!r}"
        for name, value in table.items()
    )
    return f"{{ {inner} }}"


def _hours(shares: tuple[float, ...]) -> str:
    rows = [", ".join(f"{share!r}" for share in shares[at : at + 12]) for at in (0, 12)]
    return "[\n  " + ",\n  ".join(rows) + ",\n]"
