"""What each candidate would add alone, today or after a scenario, kept while its inputs hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.workspace import Workspace
from planning.coverage.assignment import assign
from planning.coverage.site_gains import site_gains
from web.services.apart import apart
from web.services.assignments import ground_after, ground_of
from web.services.freshness import inputs_of, same_inputs
from web.services.sites import candidates

if TYPE_CHECKING:
    from pathlib import Path

    from data.scenarios import Scenario

KIND: Final = "candidates"
_TODAY: Final = "today"
_LOOK_BACK: Final = 20


@dataclass(frozen=True)
class CandidateGains:
    """Workers that each candidate would add alone, by group; ``gains[group][site]``."""

    sites: tuple[str, ...]
    gains: dict[str, tuple[float, ...]]


def gains_apart(folder: Path, name: str | None = None) -> None:
    """Measure and keep the gains in a process of its own, as `measure_candidates` does.

    The search lays arrays over the whole network, which a server would keep for good.
    """
    apart(_measure, folder, name)


def measure_candidates(workspace: Workspace, scenario: Scenario | None = None) -> CandidateGains:
    """Measure every candidate against what stands today, or once a scenario is done; keep it.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    """
    ground = ground_of(workspace) if scenario is None else ground_after(workspace, scenario)
    found = candidates(workspace).sites
    measured = site_gains(
        ground.stands.demand,
        ground.stands.network,
        workspace.settings,
        without=assign(ground.ways, ground.stands.demand.weights).left,
        places=found.lonlat,
        standard=ground.stands.standard,
    ).round(3)
    made = CandidateGains(
        tuple(found.frame["id"]),
        {
            group: tuple(measured[:, n].tolist())
            for n, group in enumerate(ground.stands.demand.groups)
        },
    )
    body = {"sites": list(made.sites), "gains": {k: list(v) for k, v in made.gains.items()}}
    workspace.save_result(KIND, inputs=_inputs(workspace, scenario), body=body)
    return made


def kept_candidate_gains(
    workspace: Workspace, scenario: Scenario | None = None
) -> CandidateGains | None:
    """Return what was measured of the present inputs; None where nothing was."""
    inputs = _inputs(workspace, scenario)
    for kept in workspace.results(KIND, limit=_LOOK_BACK):
        if same_inputs(kept.inputs, inputs, tuple(inputs)):
            gains = kept.body["gains"]
            return CandidateGains(
                tuple(kept.body["sites"]), {group: tuple(of) for group, of in gains.items()}
            )
    return None


def _measure(folder: Path, name: str | None) -> None:
    workspace = Workspace.open(folder)
    scenario = None if name is None else workspace.scenarios().scenario(name)
    measure_candidates(workspace, scenario)


def _inputs(workspace: Workspace, scenario: Scenario | None) -> dict[str, str]:
    """Return the hashes of what the gains are computed from."""
    inputs = inputs_of(
        workspace.demand(), workspace.stations(), workspace.network(), workspace.settings
    )
    after = _TODAY if scenario is None else scenario.content_hash
    return inputs | {"sites": candidates(workspace).sites.content_hash, "after": after}
