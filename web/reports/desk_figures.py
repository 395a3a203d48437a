"""What the desk did in a quarter, for the report: proposals and activities, with their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from data.china_time import today_here
from web.reports.tables import noticed
from web.services.activities import activity_figures
from web.services.proposals import due_proposals, proposal_figures, quarter_of

if TYPE_CHECKING:
    from data.workspace import Workspace
    from web.languages import Language
    from web.reports.tables import Row
    from web.services.activities import ActivityFigures
    from web.services.proposals import ProposalFigures

_MONTHS = 3


@dataclass(frozen=True)
class DeskFigures:
    """The quarter up to a day; ``overdue`` are the proposals that are late on that day."""

    proposals: ProposalFigures
    activities: ActivityFigures
    overdue: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        told = self.proposals
        return not (told.received or told.answered or self.overdue or self.activities.held)

    def lines(self, t: Language) -> tuple[tuple[str, str, str, float], ...]:
        """Return what is told: identifier, what it is of, what it is, and the number.

        Numbers that are not known are left out, such as the days to an answer where there was none.
        """
        of, held = self.proposals, self.activities
        proposals, activities = t("户外劳动者建议"), t("活动")
        days = () if of.median_days is None else (of.median_days,)
        counted = (held.attended,) if held.counted else ()
        return (
            ("proposals_received", proposals, t("收到"), of.received),
            ("proposals_answered", proposals, t("答复"), of.answered),
            ("proposals_adopted", proposals, t("采纳", context="figure"), of.adopted),
            ("proposals_awarded", proposals, t("奖励"), of.awarded),
            ("proposals_overdue", proposals, t("超期未定"), self.overdue),
            *(("proposals_days", proposals, t("答复用时的中位数（天）"), day) for day in days),
            ("activities_held", activities, t("已办"), held.held),
            ("activities_places", activities, t("名额"), held.places),
            ("activities_signed_up", activities, t("报名"), held.signed_up),
            *(("activities_attended", activities, t("到场"), came) for came in counted),
        )


def desk_figures(workspace: Workspace, *, until: date | None = None) -> DeskFigures:
    """Count the quarter up to a day, today where none is named."""
    last = today_here() if until is None else until
    year, quarter = quarter_of(last)
    first = date(year, (quarter - 1) * _MONTHS + 1, 1)
    return DeskFigures(
        proposals=proposal_figures(workspace, since=first, until=last),
        activities=activity_figures(workspace, since=first, until=last),
        overdue=sum(one.days_left < 0 for one in due_proposals(workspace)),
    )


def desk_rows(figures: DeskFigures, t: Language, *, sample: bool) -> list[Row]:
    """Return the figures as rows, the headings first."""
    since, until = figures.proposals.since.isoformat(), figures.proposals.until.isoformat()
    rows: list[Row] = [["figure", "of", "what", "number", "since", "until"]]
    rows += [[name, of, what, number, since, until] for name, of, what, number in figures.lines(t)]
    return noticed(rows, sample=sample)
