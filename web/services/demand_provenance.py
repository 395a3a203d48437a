"""Whether the workers that a city plans for are still as many as its organisations have members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.organisation_totals import ORGANISATIONS
from geo.errors import NothingYetError

if TYPE_CHECKING:
    from data.database import ImportNote
    from data.workspace import Workspace


@dataclass(frozen=True)
class TotalsCheck:
    """The totals of the demand that holds beside the members of the list.

    ``source`` is "organisations", the name of a file, or "" where nobody wrote it down;
    ``built_at`` (UTC, ISO 8601) is when the demand came, "" likewise. ``groups`` has (group,
    workers of the demand, members now); ``newest`` the newest list or edit of organisations.
    """

    source: str
    built_at: str
    groups: tuple[tuple[str, float, int], ...]
    newest: ImportNote | None

    @property
    def is_of_members(self) -> bool:
        """Whether the demand was built of the organisations."""
        return self.source == ORGANISATIONS

    @property
    def agrees(self) -> bool:
        """Whether every group has as many workers as members, to half a person."""
        return all(abs(workers - members) < _HALF for _, workers, members in self.groups)


_HALF = 0.5


def check_totals(workspace: Workspace) -> TotalsCheck | None:
    """Lay the demand's totals beside the members; None without a demand or without a list."""
    try:
        demand, kept = workspace.demand(), workspace.organisations()
    except NothingYetError:
        return None
    made = [
        result
        for result in workspace.results("demand")
        if result.inputs.get("demand") == demand.content_hash
    ]
    inputs = made[0].inputs if made else {}
    sources = made[0].body.get("sources", [""]) if made else [""]
    lists = workspace.organisation_register().imports()
    return TotalsCheck(
        source=str(inputs.get("totals", sources[0])),
        built_at=made[0].created_at if made else "",
        groups=tuple(
            (group, demand.total(group), int(kept.frame[group].sum())) for group in demand.groups
        ),
        newest=lists[-1] if lists else None,
    )
