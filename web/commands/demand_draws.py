"""The model behind a built demand: what the weights leave open needs it."""

from __future__ import annotations

from planning.density import DensityModel, undrawn_groups
from web.commands.language import shown, spoken


def undrawn_words(model: DensityModel) -> list[str]:
    """Say which groups' ranges have no width because no weight can be drawn otherwise."""
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
