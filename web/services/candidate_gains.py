"""What each candidate would add alone, today or after a scenario, kept while its inputs hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from planning.coverage.assignment import assign
from planning.coverage.site_gains import site_gains
from web.services import part_of
from web.services.assignments import ground_after, ground_of
from web.services.freshness import inputs_of, same_inputs
from web.services.sites import candidates

if TYPE_CHECKING:
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from web.services import Done

KIND: Final = "candidates"
_TODAY: Final = "today"
_LOOK_BACK: Final = 20


@dataclass(frozen=True)
class CandidateGains:
    """Workers that each candidate would add alone, by group; ``gains[group][site]``."""

    sites: tuple[str, ...]
    gains: dict[str, tuple[float, ...]]


def measure_candidates(
    workspace: Workspace, scenario: Scenario | None = None, *, done: Done | None = None
) -> CandidateGains:
    """Measure every candidate against what stands today, or once a scenario is done; keep it.

    ``done`` hears how much of all is done.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    """
    ways, sites = (part_of(done, n, 2) for n in range(2))
    if scenario is None:
        ground = ground_of(workspace, done=ways)
    else:
        ground = ground_after(workspace, scenario, done=ways)
    found = candidates(workspace).sites
    measured = site_gains(
        ground.stands.demand,
        ground.stands.network,
        workspace.settings,
        without=assign(ground.ways, ground.stands.demand.weights).left,
        places=found.lonlat,
        standard=ground.stands.standard,
        on_progress=sites,
    ).round(3)
    made = CandidateGains(
        tuple(found.frame["id"]),
        {
            group: tuple(measured[:, n].tolist())
            for n, group in enumerate(ground.stands.demand.groups)
        },
    )
    body = {"sites": list(made.sites), "gains": {k: list(v) for k, v in made.gains.items()}}
    workspace.save_result(KIND, inputs=inputs_of_gains(workspace, scenario), body=body)
    return made


def kept_candidate_gains(
    workspace: Workspace, scenario: Scenario | None = None
) -> CandidateGains | None:
    """Return what was measured of the present inputs; None where nothing was."""
    inputs = inputs_of_gains(workspace, scenario)
    for kept in workspace.results(KIND, limit=_LOOK_BACK):
        if same_inputs(kept.inputs, inputs, tuple(inputs)):
            gains = kept.body["gains"]
            return CandidateGains(
                tuple(kept.body["sites"]), {group: tuple(of) for group, of in gains.items()}
            )
    return None


def inputs_of_gains(workspace: Workspace, scenario: Scenario | None) -> dict[str, str]:
    """Return the hashes of what the gains are computed from."""
    inputs = inputs_of(
        workspace.demand(), workspace.stations(), workspace.network(), workspace.settings
    )
    after = _TODAY if scenario is None else scenario.content_hash
    return inputs | {"sites": candidates(workspace).sites.content_hash, "after": after}
