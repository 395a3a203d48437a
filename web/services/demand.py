"""Where the workers are: totals spread over the city, kept with the model that they came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.files.demand_files import read_demand
from data.files.total_files import read_totals
from data.layers import LayerArea, load_layers
from data.organisation_totals import ORGANISATIONS, totals_of
from data.road_layers import ROADS, URBAN_ROADS, with_roads
from data.vocabulary import quote
from geo.datum import Datum
from geo.errors import InputError, NothingYetError
from geo.messages import say
from planning.density import DensityModel
from planning.density.build_demand import Spread, hours_of, spread_workers
from web.services.organisations import kept_organisations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.database import ImportNote
    from data.files.total_files import Totals
    from data.files.zone_overlaps import Overlaps
    from data.layers import Layer
    from data.workspace import Workspace
    from web.services import Done, Figures


@dataclass(frozen=True, eq=False)
class TotalsFound:
    """The totals that a demand is built of, where they come from, and what to know of them.

    ``source`` is the file's name, or "organisations" with the ``newest`` list of them.
    """

    totals: Totals
    source: str
    newest: ImportNote | None = None
    notes: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Built:
    """A demand as it was spread, and the totals that it was built of."""

    spread: Spread
    found: TotalsFound


def find_totals(workspace: Workspace, said: Path | None, *, datum: Datum) -> TotalsFound:
    """Read the totals: those that were ``said``, else those that the settings name.

    ``Path("organisations")`` means the table of organisations.

    Raises
    ------
    InputError
        when neither says where they are, or both say something else.
    NothingYetError
        when they are those of the organisations, and none were imported.
    """
    where = _where_totals_are(workspace, said)
    settings, districts = workspace.settings, workspace.districts
    if where != Path(ORGANISATIONS):
        read = read_totals(where, settings=settings, districts=districts, datum=datum)
        return TotalsFound(read, read.file)
    kept = kept_organisations(workspace)
    summed = totals_of(kept.organisations, settings=settings, districts=districts)
    return TotalsFound(
        summed.totals,
        ORGANISATIONS,
        newest=kept.newest,
        notes=summed.notes,
        inputs={"organisations": kept.organisations.content_hash},
    )


def _where_totals_are(workspace: Workspace, said: Path | None) -> Path:
    word = workspace.settings.demand.totals
    of_settings = Path(word) if word == ORGANISATIONS else workspace.folder / word
    if said is None and not word:
        raise InputError(
            say(
                "where are the totals? Give --totals FILE or --totals organisations, or write "
                "demand.totals in yizhan.toml"
            )
        )
    if said is None:
        return of_settings
    if word and said.resolve() != of_settings.resolve():
        raise InputError(
            say(
                "yizhan.toml says demand.totals = {word}, and --totals says {said}: leave one of "
                "them out",
                word=quote(word),
                said=quote(str(said)),
            )
        )
    return said


def build_demand(
    workspace: Workspace,
    *,
    totals: Path | None = None,
    name: str | None = None,
    cell_m: float | None = None,
    h3_resolution: int | None = None,
    datum: Datum = Datum.wgs84,
    done: Done,
) -> Built:
    """Spread totals and keep the demand and its model, in the place of those that held or named.

    ``totals`` and errors are those of `find_totals`.
    """
    settings, network = workspace.settings, workspace.network()
    found = find_totals(workspace, totals, datum=datum)
    area = LayerArea(settings.box, settings.metric_crs)
    kept = load_layers(workspace.layers_folder())
    layers = with_roads(kept, network, area, sample=settings.sample)
    spread = spread_workers(
        found.totals,
        layers,
        network,
        settings,
        workspace.districts,
        cell_m=cell_m,
        h3_resolution=h3_resolution,
        on_progress=done,
    )
    spread = replace(spread, notes=(*found.notes, *spread.notes))
    keep_spread(
        workspace,
        spread,
        name=name,
        inputs={
            "totals": found.source,
            **found.inputs,
            "layers": layers.content_hash,
            "network": network.content_hash,
        },
        sources=[
            found.source,
            *sorted({f"{of.source} {of.date}".strip() for of in kept.values() if _is_file(of)}),
        ],
    )
    return Built(spread, found)


def _is_file(layer: Layer) -> bool:
    return bool(layer.total) and not layer.id.startswith((f"{ROADS}.", f"{URBAN_ROADS}."))


def keep_spread(
    workspace: Workspace,
    spread: Spread,
    *,
    name: str | None,
    inputs: dict[str, Any],
    sources: list[str],
) -> None:
    """Keep the demand and the model that it came from, tied by the demand's hash."""
    made = spread.demand
    workspace.replace_demand(made, name=name)
    tied = {**spread.model.as_arrays(), "demand": np.array(made.content_hash)}
    workspace.replace_density(tied, name=name)
    workspace.save_result(
        "demand",
        inputs={"demand": made.content_hash, "name": name or "", **inputs},
        body={"sources": sources, "notes": list(spread.notes)},
    )


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
        which = say("the variant {name}", name=name) if name else say("the demand that holds")
        raise NothingYetError(
            say(
                "{folder}: {which} was imported, not built, so there are no weights to "
                "draw or to fit: run yizhan demand build --totals FILE",
                folder=workspace.folder,
                which=which,
            )
        )
    try:
        return DensityModel.from_arrays(arrays)
    except (KeyError, ValueError) as error:
        raise InputError(
            say(
                "{folder}: the kept model is broken ({error}): run yizhan demand build again",
                folder=workspace.folder,
                error=error,
            )
        ) from None


def import_demand(
    workspace: Workspace, *, file: Path, datum: Datum, overlaps: Overlaps = "refuse"
) -> Figures:
    """Read a demand file and put it in the place of the workspace's demand.

    It carries the presence and the hours of the settings. ``overlaps`` says what ground is that
    two zones share.
    """
    read = read_demand(
        file,
        datum=datum,
        settings=workspace.settings,
        districts=workspace.districts,
        overlaps=overlaps,
    )
    presence, profile = hours_of(workspace.settings, read.groups)
    taken = replace(read, presence=presence, profile=profile)
    workspace.replace_demand(taken)
    workspace.save_result(
        "demand", inputs={"demand": taken.content_hash, "name": ""}, body={"sources": [file.name]}
    )
    astray = (taken.district < 0) & (len(taken.district_names) > 0)
    outside = float(taken.weights[astray].sum())
    return {
        "points": len(taken.ids),
        "workers": float(taken.weights.sum()),
        "by_group": {group: taken.total(group) for group in taken.groups},
        "workers_outside_districts": outside,
    }
