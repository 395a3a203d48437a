"""The model behind a built demand: what the weights leave open needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.commands.language import shown, spoken

if TYPE_CHECKING:
    from planning.density import DensityModel


def undrawn_words(model: DensityModel) -> list[str]:
    """Say which groups' ranges have no width because no weight can be drawn otherwise."""
    from planning.density import undrawn_groups

    groups = undrawn_groups(model)
    if not groups:
        return []
    t = spoken()
    return [
        t(
            "Not moved by any draw, for one layer alone draws them: {groups}. That a range has no "
            "width there does not make the figures sure.",
            groups=t(", ").join(shown(group, t.group) for group in groups),
        )
    ]
