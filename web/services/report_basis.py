"""Which kept answers a report is made of, so that its figures belong to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import NothingYetError
from geo.messages import say
from planning.coverage.nominal import Coverage
from planning.siting.plan import SitingPlan
from planning.siting.question import with_other_standard
from web.services.access import access_of, kept_access
from web.services.coverage import keep_coverage
from web.services.effective import doubted_version, effective_of, kept_effective
from web.services.freshness import (
    Outdated,
    newest_outdated,
    outdated,
    present_inputs,
    same_inputs,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from data.database import Result
    from data.workspace import Workspace

_HASHED: Final = ("demand", "stations", "network")


@dataclass(frozen=True, eq=False)
class Basis:
    """The answers behind a report, all of the same inputs.

    ``plan`` is None where there is none, or where it is of another time and the present coverage
    is known. ``other`` is coverage by the other standard (the national one beside the groups' own),
    None where it was not measured; after the plan it stands in ``plan.beside``. ``inputs`` maps
    what they were computed from to its hash or word; ``outdated`` says what has changed since the
    newest plan, or since the coverage where there is no plan.
    """

    plan: SitingPlan | None
    before: Coverage
    other: Coverage | None
    inputs: dict[str, str]
    outdated: Outdated | None


def basis_of(workspace: Workspace) -> Basis:
    """Choose the newest plan where it still holds, else the present coverage, else what there is.

    Raises
    ------
    NothingYetError
        when neither coverage nor a plan was computed yet.
    """
    present = present_inputs(workspace)
    coverages = workspace.results("coverage")
    kept = workspace.newest_result("plan")
    changed = None if kept is None else outdated("plan", kept.inputs, present)
    if kept is None or changed is not None:
        coverage = _present_coverage(coverages, present)
        if coverage is not None:
            return _of_coverage(coverage, coverages, changed, present)
    if kept is None:
        if not coverages:
            raise NothingYetError(
                say(
                    "{folder} has no coverage and no plan yet: run yizhan coverage, then "
                    "yizhan plan --new 12",
                    folder=workspace.folder,
                )
            )
        newest = coverages[0]
        changed = outdated("coverage", newest.inputs, present)
        return _of_coverage(newest, coverages, changed, None if changed else present)
    plan = SitingPlan.from_dict(dict(kept.body))
    inputs = _traced(plan.inputs, kept, None if changed else present)
    other = _national(coverages, kept.inputs) if plan.beside is None else plan.beside.before
    return Basis(plan, plan.before, other, inputs, changed)


def complete_plan(workspace: Workspace) -> None:
    """Measure the newest plan by the other standard too, where it holds and nobody has yet.

    Plans of an older version know it not. Of roads as at night or in the winter nothing is measured
    here: the plan's own command does it.
    """
    kept = workspace.newest_result("plan")
    if kept is None or kept.body.get("beside") or kept.inputs.get("when", "usual") != "usual":
        return
    if outdated("plan", kept.inputs, present_inputs(workspace)) is not None:
        return
    made = with_other_standard(
        SitingPlan.from_dict(dict(kept.body)),
        workspace.demand(),
        workspace.stations(),
        workspace.network(),
        workspace.settings,
    )
    workspace.save_result("plan", inputs=made.inputs, body={**kept.body, **made.as_dict()})


def prepare_report(workspace: Workspace) -> None:
    """Measure what a report says and the workspace does not hold of the present inputs yet.

    That is coverage by the national standard, also after the newest plan; coverage by the groups'
    own standards where the newest plan is of another time; effective coverage; and access.

    Raises
    ------
    NothingYetError
        when stations, workers or roads are not there yet.
    """
    keep_coverage(workspace, standard="national")
    complete_plan(workspace)
    if newest_outdated(workspace, "plan") is not None:
        keep_coverage(workspace, standard="group")
    doubted = doubted_version(workspace)
    if kept_effective(workspace, present_inputs(workspace), doubted=doubted) is None:
        effective_of(workspace)
    if kept_access(workspace, present_inputs(workspace)) is None:
        access_of(workspace)


def _of_coverage(
    kept: Result,
    coverages: tuple[Result, ...],
    changed: Outdated | None,
    present: Mapping[str, str | None] | None,
) -> Basis:
    inputs = {name: str(value) for name, value in kept.inputs.items()}
    before = Coverage.from_dict(dict(kept.body))
    return Basis(
        None,
        before,
        None if before.standard == "national" else _national(coverages, kept.inputs),
        _traced(inputs, kept, present),
        changed,
    )


def _traced(
    inputs: Mapping[str, str], kept: Result, present: Mapping[str, str | None] | None
) -> dict[str, str]:
    """Name the inputs of an answer; the register as it is where the answer is of the ``present``.

    Such an answer is the same of the register as it is, and what else the report says is of that.
    """
    stations = None if present is None else present.get("stations")
    traced = {**inputs, "computed": kept.created_at}
    return traced if stations is None else traced | {"stations": stations}


def _present_coverage(
    coverages: tuple[Result, ...], present: Mapping[str, str | None]
) -> Result | None:
    """Return the newest coverage of the present inputs, rather by the groups' own standards."""
    found = [result for result in coverages if same_inputs(result.inputs, present, _HASHED)]
    by_group = (result for result in found if result.body.get("standard") == "group")
    return next(by_group, found[0] if found else None)


def _national(coverages: tuple[Result, ...], inputs: Mapping[str, Any]) -> Coverage | None:
    """Return coverage by the national standard of the same inputs; None where it is not known.

    It is kept of the usual roads only, so that a plan of the night or the winter has none beside.
    """
    if inputs.get("when", "usual") != "usual":
        return None
    for result in coverages:
        if result.body.get("standard") == "national" and same_inputs(
            result.inputs, inputs, _HASHED
        ):
            return Coverage.from_dict(dict(result.body))
    return None
