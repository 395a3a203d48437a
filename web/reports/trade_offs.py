"""The curve and the front of a question of a workspace, written as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning.decisions.explain import lonlat_of
from planning.decisions.told_curve import told_curve
from web.labels.places import option_names
from web.languages import CHINESE
from web.maps.city_map import source_of
from web.reports.trade_off_picture import PictureFrame, draw_curve, draw_front

if TYPE_CHECKING:
    from pathlib import Path

    from data.workspace import Workspace
    from planning.decisions import AskedQuestion
    from planning.decisions.curve import Curve
    from planning.decisions.explain import WeighedPlans
    from web.languages import Language


def write_curve_picture(
    workspace: Workspace,
    asked: AskedQuestion,
    curve: Curve,
    path: Path,
    *,
    language: Language = CHINESE,
) -> None:
    """Draw the curve of a decision, the next places by their names.

    Raises
    ------
    InputError
        when no point has a plan, or the ending is no picture's.
    WorkspaceError
        when the file cannot be written.
    """
    points = told_curve(asked, curve)
    new = [one for point in points for one in point.enters]
    draw_curve(
        points,
        path,
        names=option_names(new, lonlat_of(asked, new), workspace.network(), language),
        frame=_frame(workspace, asked, language),
        before=asked.value_today,
        language=language,
    )


def write_front_picture(
    workspace: Workspace,
    asked: AskedQuestion,
    front: WeighedPlans,
    path: Path,
    *,
    language: Language = CHINESE,
) -> None:
    """Draw a front; errors are those of `write_curve_picture`."""
    draw_front(front, path, frame=_frame(workspace, asked, language), language=language)


def _frame(workspace: Workspace, asked: AskedQuestion, t: Language) -> PictureFrame:
    goal, settings = asked.question.goal, workspace.settings
    return PictureFrame(
        city=settings.name,
        source=source_of(settings, t),
        sample=settings.sample,
        n_years=len(asked.question.years_meant),
        measure="worker_hours" if goal.what == "worker_hours" else "workers",
        is_weighted=bool(goal.group_weights or goal.hour_weights),
    )
