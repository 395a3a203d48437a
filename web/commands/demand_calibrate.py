"""`yizhan demand calibrate`: weights fitted to check-ins at stations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from geo.messages import say
from web.commands.common import answer, common_options, open_workspace, steps, stopwatch, table
from web.commands.help_pages import Command
from web.commands.language import shown, spoken, told
from web.commands.numbers import n_stations
from web.site.number_words import count

if TYPE_CHECKING:
    import scipy.sparse as sp

    from data.files.count_files import CheckInTable
    from data.stations import Stations
    from data.workspace import Workspace
    from planning.density import Calibration, CheckIns, DensityModel, FitFigures
    from web.languages import Language
    from web.services import Figures

METHODS: tuple[Literal["poisson", "nnls"], ...] = ("poisson", "nnls")


@click.command(cls=Command)
@common_options
@click.option(
    "--counts",
    required=True,
    type=click.Path(path_type=Path),
    help="Check-ins: station, hour, count, and where known group and day.",
)
@click.option("--name", required=True, help="Keep the fitted weights as a variant of this name.")
@click.option("--of", "variant", help="The built variant to start from, not the one that holds.")
@click.option("--method", type=click.Choice(METHODS), default="poisson", show_default=True)
@click.option(
    "--folds",
    type=click.IntRange(min=2),
    default=5,
    show_default=True,
    help="Parts of the stations that are held out in turn.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def calibrate(
    *,
    folder: Path,
    counts: Path,
    name: str,
    variant: str | None,
    method: Literal["poisson", "nnls"],
    folds: int,
    seed: int,
    as_json: bool,
) -> None:
    """Fit the weights to check-ins and say how well they tell stations that were held out."""
    from data.files.count_files import read_counts
    from planning.density import fit_weights
    from planning.density.build_demand import Spread, demand_of, hours_of
    from web.services.demand import keep_spread, model_of

    workspace = open_workspace(folder)
    figures: Figures = {}
    with steps() as progress, stopwatch(figures):
        with progress.step(say("reading check-ins")):
            stations, model = workspace.stations(), model_of(workspace, variant)
            read = read_counts(counts, settings=workspace.settings, stations=stations)
        with progress.step(say("finding who is round each station")):
            shares = _catchments(workspace, model, stations)
        with progress.step(say("fitting weights")):
            presence, profile = hours_of(workspace.settings, model.groups)
            fitted = fit_weights(
                model,
                _check_ins(read, model),
                shares,
                presence=presence,
                profile=profile,
                method=method,
                folds=folds,
                seed=seed,
            )
            better = fitted.apply(model)
            made, notes = demand_of(better, workspace.settings, workspace.districts)
            keep_spread(
                workspace,
                Spread(made, better, notes),
                name=name,
                inputs={"counts": counts.name},
                sources=[counts.name],
            )
    figures |= {"name": name, **fitted.as_dict()}
    words = _words(fitted, model, name=name)
    answer(figures, as_json=as_json, sample=workspace.settings.sample, words=words)


def _check_ins(read: CheckInTable, model: DensityModel) -> CheckIns:
    """Bring the file's rows into the model's groups; rows that repeat are further days."""
    import numpy as np

    from planning.density import CheckIns

    group = [model.groups.index(word) if word in model.groups else -1 for word in read.group]
    key = np.stack([read.station, read.hour, read.day, np.array(group, dtype=np.int32)])
    rows, which = np.unique(key, axis=1, return_inverse=True)
    station, hour, day, of = rows
    return CheckIns(
        station=station,
        hour=hour,
        day=day,
        group=of,
        count=np.bincount(which.ravel(), weights=read.count).astype(np.float64),
        days=np.bincount(which.ravel()).astype(np.float64),
    )


def _catchments(
    workspace: Workspace, model: DensityModel, stations: Stations
) -> list[sp.csr_array]:
    """Share the workers of each cell among the stations that serve them within the standard."""
    import numpy as np
    import scipy.sparse as sp

    from planning.coverage.nominal import reach_by_standard
    from planning.density import catchment_shares

    settings, network = workspace.settings, workspace.network()
    groups = tuple(settings.group(group) for group in model.groups)
    made: list[sp.csr_array] = [sp.csr_array((0, 0))] * len(groups)
    ends = np.asarray(model.cells.lonlat), stations.lonlat
    for numbers, within in reach_by_standard(groups, network, settings, ends=ends):
        for number in numbers:
            serving = sp.diags_array(stations.serves(groups[number]).astype(np.float64))
            served: sp.csr_array = sp.csr_array(serving @ within)
            served.eliminate_zeros()
            made[number] = catchment_shares(served)
    return made


def _words(fitted: Calibration, model: DensityModel, *, name: str) -> list[object]:
    t = spoken()
    rows = [
        (
            shown(group, t.group),
            layer,
            f"{before:.2f}",
            f"{after:.2f}",
        )
        for group, names, old, new in zip(
            model.groups, model.layers, model.weights, fitted.weights, strict=True
        )
        for layer, before, after in zip(names, old, new, strict=True)
        if before or after
    ]
    return [
        t(
            "Weights fitted to {counts} at {stations} and kept as the variant {name}.",
            counts=t.plural(
                "{number} count",
                "{number} counts",
                n=fitted.fitted.rows,
                number=count(fitted.fitted.rows),
            ),
            stations=n_stations(fitted.stations, t),
            name=name,
        ),
        table((t("group"), t("layer"), t("before"), t("fitted")), rows, left=2),
        *_fit_words(fitted, t),
        *(t("note: {note}", note=told(note)) for note in fitted.notes),
    ]


def _fit_words(fitted: Calibration, t: Language) -> list[str]:
    held, base = fitted.held_out, fitted.baseline_held_out
    said = [
        t(
            "On the counts used they explain {share} of the deviance.",
            share=_explained(fitted.fitted),
        )
    ]
    if held is not None and base is not None:
        said.append(
            t(
                "On stations held out they explain {share} (before fitting {before}); the mean "
                "error is {error:.2g} visits of {mean:.2g}.",
                share=_explained(held),
                before=_explained(base),
                error=held.mean_absolute_error,
                mean=held.mean_count,
            )
        )
    return said


def _explained(fit: FitFigures) -> str:
    return f"{100 * fit.explained:.0f} %"
