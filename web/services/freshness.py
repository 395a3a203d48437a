"""Whether a kept answer still belongs to the workspace: what changed since, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import NothingYetError
from web.languages import capital, message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from data.demand import Demand
    from data.settings import Settings
    from data.stations import Stations
    from data.workspace import Workspace
    from geo.network import RoadNetwork
    from web.languages import Language

Answer = Literal["plan", "coverage", "effective"]

#: The inputs of an answer, as they are named within a sentence.
INPUT_NAMES: Final = {
    "stations": message("站点登记", context="in a sentence"),
    "demand": message("户外劳动者人数", context="in a sentence"),
    "network": message("道路网络", context="in a sentence"),
    "sites": message("候选点", context="in a sentence"),
    "settings": message("设置", context="in a sentence"),
    "doubted": message("户外劳动者反映的站点问题", context="in a sentence"),
}
_WHAT: Final = {
    "plan": message("规划", context="in a sentence"),
    "coverage": message("覆盖", context="in a sentence"),
    "effective": message("有效覆盖", context="in a sentence"),
}


@dataclass(frozen=True)
class Outdated:
    """A kept answer, and the inputs that are no longer those it was computed from."""

    answer: Answer
    changed: tuple[str, ...]

    def says(self, t: Language) -> str:
        """Say what changed, and that the answer is of the time before."""
        is_one = self.changed in {("stations",), ("network",)}
        said = t.plural(
            "{answer}之后{inputs}有变，{answer}仍是变更前的结果。请重新运行",
            n=1 if is_one else 2,
            answer=t(_WHAT[self.answer]),
            inputs=t.all_of([t(INPUT_NAMES[name]) for name in self.changed]),
        )
        return capital(said)

    @property
    def command(self) -> str:
        """The command that makes it new."""
        return f"yizhan {self.answer}"


def inputs_of(
    demand: Demand, stations: Stations, network: RoadNetwork, settings: Settings
) -> dict[str, str]:
    """Return the hashes of what nominal coverage is computed from."""
    return {
        "demand": demand.content_hash,
        "stations": stations.content_hash,
        "service": stations.service_hash,
        "network": network.content_hash,
        "settings": settings.content_hash,
    }


def present_inputs(workspace: Workspace) -> dict[str, str | None]:
    """Return the hashes of what the workspace holds now, None for what is gone.

    Candidate sites are among them only where some were imported: without, they are made of the
    road network.
    """
    sites = workspace.contents("sites")
    present: dict[str, str | None] = {"settings": workspace.settings.content_hash}
    try:
        stations = workspace.stations()
        present |= {"stations": stations.content_hash, "service": stations.service_hash}
    except NothingYetError:
        present |= {"stations": None, "service": None}
    for name, read in (("demand", workspace.demand), ("network", workspace.network)):
        try:
            present[name] = read().content_hash
        except NothingYetError:
            present[name] = None
    if sites is not None:
        present["sites"] = sites.content_hash
    return present


def outdated(
    answer: Answer, inputs: Mapping[str, Any], present: Mapping[str, str | None]
) -> Outdated | None:
    """Compare the inputs of an answer with the present ones; None where it still holds."""
    changed = changed_inputs(inputs, present)
    return Outdated(answer, changed) if changed else None


def changed_inputs(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return by name the inputs in which two answers, or an answer and the present, differ.

    An input whose hash was not kept is not compared.
    """
    return tuple(
        name
        for name in INPUT_NAMES
        if name in one and name in other and not same_input(name, one, other)
    )


def input_name(name: str, t: Language) -> str:
    """Name an input as it stands within a sentence."""
    return t(INPUT_NAMES[name])


def same_input(name: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two answers, or an answer and the present, have an input in common.

    Plans and nominal coverage keep a hash of the stations' service and are compared by that: who
    confirms a station or changes its telephone does not touch them. Effective coverage keeps only
    that of the whole register, for it uses the days of checks too.
    """
    by_service = name == "stations" and "service" in one and "service" in other
    key = "service" if by_service else name
    return bool(one.get(key) == other.get(key))


def same_inputs(one: Mapping[str, Any], other: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    """Tell whether two answers know all the inputs of ``names`` and have them in common."""
    return all(one.get(name) is not None and same_input(name, one, other) for name in names)


def newest_outdated(workspace: Workspace, answer: Answer = "plan") -> Outdated | None:
    """Return what changed since the newest answer; None where nothing did or there is none."""
    kept = workspace.newest_result(answer)
    return None if kept is None else outdated(answer, kept.inputs, present_inputs(workspace))
