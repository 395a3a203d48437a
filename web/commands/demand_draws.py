"""The model behind a built demand: what the weights leave open needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import InputError, NothingYetError
from planning.density import DensityModel, undrawn_groups

if TYPE_CHECKING:
    from data.workspace import Workspace


def model_of(workspace: Workspace, name: str | None = None) -> DensityModel:
    """Return the model of the demand that holds, or of a variant.

    Raises
    ------
    NothingYetError
        when the demand was imported, so that there are no weights to draw or to fit.
    InputError
        when the model belongs to an earlier demand.
    """
    held = workspace.demand(name)
    arrays = workspace.density(name)
    if arrays is None or str(arrays["demand"]) != held.content_hash:
        which = f"the variant {name}" if name else "the demand that holds"
        raise NothingYetError(
            f"{workspace.folder}: {which} was imported, not built, so there are no weights to "
            "draw or to fit: run yizhan demand build --totals FILE"
        )
    try:
        return DensityModel.from_arrays(arrays)
    except (KeyError, ValueError) as error:
        raise InputError(
            f"{workspace.folder}: the kept model is broken ({error}): run yizhan demand build again"
        ) from None


def undrawn_words(model: DensityModel) -> list[str]:
    """Say which groups' ranges have no width because no weight can be drawn otherwise."""
    groups = undrawn_groups(model)
    if not groups:
        return []
    said = f"Not moved by any draw, for one layer alone draws them: {', '.join(groups)}."
    return [f"{said} That a range has no width there does not make the figures sure."]
