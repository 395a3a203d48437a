"""The text of ``yizhan.toml``: every key with its reason above it."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any, Final

from data.atomic import write_text
from data.settings_keys import KEYS
from data.vocabulary import ACCESS_MODES_BY_ID, GROUPS_BY_ID, KINDS_BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.demand_settings import GroupDensity
    from data.settings import ServiceStandard, Settings
    from data.settings_keys import SettingsKey

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
    lines += _entry("name", settings.name)
    lines += _entry("sample", settings.sample)
    lines += _entry("box", list(settings.box))
    lines += _entry("metric_crs", settings.metric_crs)
    lines += _entry("snap_limit_m", settings.snap_limit_m)
    lines += _page_lines(settings)
    lines += ["[candidates]"]
    lines += _entry("candidates.spacing_m", settings.candidate_spacing_m)
    lines += _entry("candidates.kind", settings.candidate_kind)
    lines += ["[standards.national]"]
    lines += _standard("standards.national", settings.national, commented=True)
    for number, group in enumerate(settings.groups):
        term = GROUPS_BY_ID[group.id]
        lines += ["", f"[groups.{group.id}]  # {term.zh} {term.en}"]
        lines += _standard("groups.<group>", group.standard, commented=number == 0)
        kinds = [kind for kind in KINDS_BY_ID if kind in group.kinds]
        lines += [x for x in _entry("groups.<group>.kinds", kinds, commented=number == 0) if x]
        access = [way for way in ACCESS_MODES_BY_ID if way in group.access]
        for column, words in (("needs", sorted(group.needs)), ("access", access)):
            entry = _entry(f"groups.<group>.{column}", words, commented=number == 0)
            lines += [x for x in entry if x]
    lines += ["", *_demand_lines(settings)]
    lines += ["", *_profile_lines(settings.profile_changes)]
    return "\n".join(lines).rstrip() + "\n"


def _page_lines(settings: Settings) -> list[str]:
    """Write where the public page is and what it is drawn on."""
    lines = [*_entry("public_address", settings.public_address), "[base_map]"]
    for name in ("provider", "key", "review_number"):
        lines += _entry(f"base_map.{name}", getattr(settings.base_map, name))
    return lines


def _profile_lines(changes: Mapping[str, Any]) -> list[str]:
    """Write the changed profiles, or an example of how to change one, commented out."""
    if not changes:
        return [
            *_comment(next(key for key in KEYS if key.name == "profiles.<mode>")),
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


def _entry(name: str, value: object, *, commented: bool = True) -> list[str]:
    """Comment, ``key = value``, blank line."""
    key = next(key for key in KEYS if key.name == name)
    number = isinstance(value, float) and value.is_integer()
    shown = f"{value:.0f}" if number else json.dumps(value, ensure_ascii=False)
    line = f"{name.rsplit('.', 1)[-1]} = {shown}"
    if not commented:
        return [line]
    return [*_comment(key), line, ""]


def _comment(key: SettingsKey) -> list[str]:
    text = f"{key.meaning} ({key.unit}; default: {key.default})"
    return [f"# {part}" for part in textwrap.wrap(text, width=94)]


def _standard(prefix: str, standard: ServiceStandard, *, commented: bool) -> list[str]:
    lines = _entry(f"{prefix}.mode", standard.mode, commented=commented)
    lines += _entry(f"{prefix}.cutoff_s", standard.cutoff_s, commented=commented)
    if standard.radius_m is not None:
        lines += _entry(f"{prefix}.radius_m", standard.radius_m, commented=commented)
    return [line for line in lines if line]


def _demand_lines(settings: Settings) -> list[str]:
    """Write how workers are spread, each group with the reasons of its defaults."""
    of = settings.demand
    lines = [
        "# How yizhan demand build spreads workers over the city (docs/planner.md).",
        "[demand]",
    ]
    for name in ("cell_m", "shape", "h3_resolution", "draws", "seed", "concentration"):
        lines += _entry(f"demand.{name}", getattr(of, name))
    lines.pop()
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
            lines += _comment(next(key for key in KEYS if key.name == f"demand.<group>.{name}"))
        if name in values:
            why = density.reason(name)
            lines += [f"# {part}" for part in textwrap.wrap(f"why: {why}" if why else "", width=94)]
            lines.append(f"{name} = {values[name]}")
    return lines


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
