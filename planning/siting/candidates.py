"""What can be built and whom it would reach: the options and demand items of a siting problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say
from planning.coverage.nominal import CellCounts, Places, groups_of, reach_by_standard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from data.demand import Demand
    from data.settings import Settings
    from data.sites import CandidateSites
    from data.vocabulary import StandardWord
    from geo.network import RoadNetwork


class SitingOptions(NamedTuple):
    """What can be built: one kind at one site an option, at most one option a site.

    ``lonlat`` float64[n_sites, 2]; ``site`` int[n_options] the row of each option's site;
    ``kinds`` the kind of each option.
    """

    lonlat: npt.NDArray[np.float64]
    site: npt.NDArray[np.int64]
    kinds: tuple[str, ...]

    @property
    def places(self) -> Places:
        """All options as stations that do not stand yet."""
        return self.built(np.arange(len(self.site)))

    def built(self, chosen: npt.NDArray[np.int64]) -> Places:
        """Return the chosen options as stations that do not stand yet."""
        return Places(self.lonlat[self.site[chosen]], tuple(self.kinds[j] for j in chosen))

    def of_kind(self, kind: str) -> npt.NDArray[np.bool_]:
        """bool[n_options]: which options build this kind."""
        return np.array([own == kind for own in self.kinds], dtype=np.bool_)


class SitingDemand(NamedTuple):
    """The siting problem's items: cell x group, group by group.

    ``covers`` bool CSR [n_options, n_groups * n_cells]; ``weights`` float64 workers; ``covered``
    marks the items that existing stations cover for good.
    """

    covers: sp.csr_array
    weights: npt.NDArray[np.float64]
    covered: npt.NDArray[np.bool_]


def siting_options(sites: CandidateSites, kinds: Iterable[str]) -> SitingOptions:
    """Return the options of every site: its own kind, or each of ``kinds`` where it has none."""
    pairs = [
        (row, kind)
        for row, own in enumerate(sites.frame["kind"])
        for kind in ((own,) if own else tuple(kinds))
    ]
    return SitingOptions(
        sites.lonlat,
        np.array([row for row, _ in pairs], dtype=np.int64),
        tuple(kind for _, kind in pairs),
    )


def siting_demand(
    demand: Demand,
    before: CellCounts,
    options: SitingOptions,
    network: RoadNetwork,
    settings: Settings,
    *,
    standard: StandardWord = "group",
    on_progress: Callable[[str, float], None] | None = None,
) -> SitingDemand:
    """Return the items of the siting problem; each distinct service standard is searched once."""
    groups = groups_of(demand, settings)
    blocks: list[sp.csr_array] = [sp.csr_array((0, 0))] * len(groups)
    ends = demand.lonlat, options.lonlat
    for numbers, of_sites in reach_by_standard(
        groups, network, settings, ends=ends, standard=standard, on_progress=on_progress
    ):
        within = sp.csr_array(of_sites[options.site])
        for number in numbers:
            serving = options.places.serve(groups[number])
            blocks[number] = within if serving.all() else _rows_kept(within, serving)
    return SitingDemand(
        covers=sp.csr_array(sp.hstack(blocks, format="csr")),
        weights=demand.weights.T.ravel(),
        covered=(before.road > 0).T.ravel(),
    )


def _rows_kept(matrix: sp.csr_array, kept: npt.NDArray[np.bool_]) -> sp.csr_array:
    size = np.where(kept, np.diff(matrix.indptr), 0)
    entries = np.repeat(kept, np.diff(matrix.indptr))
    return sp.csr_array(
        (matrix.data[entries], matrix.indices[entries], np.r_[0, np.cumsum(size)]),
        shape=matrix.shape,
    )


class SitePins(NamedTuple):
    """bool[n_options]: what must be built, what must not."""

    required: npt.NDArray[np.bool_]
    forbidden: npt.NDArray[np.bool_]


def site_pins(
    sites: CandidateSites,
    options: SitingOptions,
    *,
    keep: Sequence[str],
    without: Sequence[str],
) -> SitePins:
    """Return the options that ``keep`` (``SITE`` or ``SITE:KIND``) and ``without`` speak of.

    Raises
    ------
    ProblemError
        for a site or kind that is not there, kept and left out at once, or kept without a kind
        where several may be built.
    """
    row_of = {site: row for row, site in enumerate(sites.ids)}
    required, forbidden = np.zeros((2, len(options.site)), dtype=np.bool_)
    for word in (*keep, *without):
        site, _, kind = (word, "", "") if word in row_of else word.rpartition(":")
        site, kind = (site, kind) if site else (word, "")
        if site not in row_of:
            raise ProblemError(
                say(
                    "site {word} is not among the {n_sites} candidate sites",
                    word=word,
                    n_sites=len(row_of),
                )
            )
        here = options.site == row_of[site]
        if kind:
            here &= options.of_kind(kind)
            if not here.any():
                raise ProblemError(
                    say(
                        "site {site}: {kind} is not among the kinds asked for", site=site, kind=kind
                    )
                )
        if word in without:
            forbidden |= here
        elif here.sum() > 1:
            may_be = ", ".join(f"{site}:{options.kinds[j]}" for j in np.flatnonzero(here))
            raise ProblemError(
                say(
                    "site {site} may get several kinds: say which, of {may_be}",
                    site=site,
                    may_be=may_be,
                )
            )
        if word in keep:
            required |= here
    both = np.flatnonzero(required & forbidden)
    if len(both):
        site = sites.ids[options.site[both[0]]]
        raise ProblemError(
            say("site {site} is kept and left out at once: drop one of them", site=site)
        )
    return SitePins(required, forbidden)
