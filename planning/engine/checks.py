"""What the planning problems demand of the arrays handed to them, each refusal in one line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from geo.errors import ProblemError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Sequence


class Marked(Protocol):
    """What marks some options or demand items: a limit, a floor."""

    @property
    def members(self) -> npt.NDArray[np.bool_]:
        """A mark for each of them."""
        ...


def float_vector(
    values: npt.ArrayLike, *, name: str, length: int | None = None, unit: str = ""
) -> npt.NDArray[np.float64]:
    """Return a read-only float64 vector without NaN, infinities or values below zero.

    Raises
    ------
    ProblemError
        Naming the vector, the first faulty position and its value.
    """
    vector = np.array(values, dtype=np.float64)
    if vector.ndim != 1 or (length is not None and len(vector) != length):
        wanted = say("one dimension") if length is None else say("{length} entries", length=length)
        raise ProblemError(
            say(
                "{name} has the shape {shape}: give a vector of {wanted}",
                name=name,
                shape=vector.shape,
                wanted=wanted,
            )
        )
    bad = ~(np.isfinite(vector) & (vector >= 0))
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        raise ProblemError(
            say(
                "{name}[{where}] is {value}: give {unit} of 0 or more",
                name=name,
                where=where,
                value=vector[where],
                unit=unit or say("numbers"),
            )
        )
    vector.flags.writeable = False
    return vector


def mask(values: npt.ArrayLike | None, *, name: str, length: int) -> npt.NDArray[np.bool_]:
    """Return a read-only boolean vector; None means all False.

    Raises
    ------
    ProblemError
        When the length differs or the values are not booleans.
    """
    if values is None:
        vector = np.zeros(length, dtype=np.bool_)
    else:
        vector = np.array(values)
        if vector.shape != (length,):
            raise ProblemError(
                say(
                    "{name} has the shape {shape}: give {length} booleans",
                    name=name,
                    shape=vector.shape,
                    length=length,
                )
            )
        if vector.dtype != np.bool_ and not np.isin(vector, (0, 1)).all():
            raise ProblemError(say("{name} holds other values than True and False", name=name))
        vector = vector.astype(np.bool_)
    vector.flags.writeable = False
    return vector


def count(value: float, *, name: str, least: int = 0) -> int:
    """Return a whole number of at least ``least``.

    Raises
    ------
    ProblemError
        For anything else.
    """
    if not math.isfinite(value) or value != int(value) or value < least:
        raise ProblemError(
            say(
                "{name} is {value}: give a whole number of {least} or more",
                name=name,
                value=value,
                least=least,
            )
        )
    return int(value)


def amount(value: float, *, name: str) -> float:
    """Return a finite number of 0 or more.

    Raises
    ------
    ProblemError
        For anything else.
    """
    if not (math.isfinite(value) and value >= 0):
        raise ProblemError(
            say("{name} is {value}: give a number of 0 or more", name=name, value=value)
        )
    return float(value)


def share(value: float, *, name: str) -> float:
    """Return a number from 0 to 1.

    Raises
    ------
    ProblemError
        For anything else.
    """
    if not (math.isfinite(value) and 0 <= value <= 1):
        raise ProblemError(
            say("{name} is {value}: give a share from 0 to 1", name=name, value=value)
        )
    return float(value)


def cover_matrix(covers: Any, *, n_demand: int | None = None) -> sp.csr_array:  # noqa: ANN401
    # any matrix of scipy or numpy may come in: what it must be is checked here
    """Return the cover matrix as CSR without duplicate entries, its values within [0, 1].

    A canonical CSR matrix is taken as it is, without a copy of its arrays.

    Raises
    ------
    ProblemError
        For a wrong shape, values outside [0, 1], or a matrix without any entry.
    """
    matrix: Any = sp.csr_array(covers)
    if matrix.ndim != 2:  # noqa: PLR2004 - options x demand
        raise ProblemError(say("covers is no matrix: give options x demand"))
    if n_demand is not None and matrix.shape[1] != n_demand:
        raise ProblemError(
            say(
                "covers has the shape {shape} and there are {n_demand} weights: "
                "give one column for each demand item",
                shape=matrix.shape,
                n_demand=n_demand,
            )
        )
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    data = matrix.data
    if data.dtype != np.bool_ and len(data):
        least, most = data.min(), data.max()
        if not (least >= 0 and most <= 1):
            raise ProblemError(
                say(
                    "covers holds values from {least} to {most}: give shares from 0 to 1",
                    least=least,
                    most=most,
                )
            )
    if not len(data) or not data.any():
        raise ProblemError(say("covers is empty: no option covers any demand item"))
    return cast("sp.csr_array", matrix)


def site_labels(site: npt.ArrayLike | None, *, length: int) -> npt.NDArray[np.int64] | None:
    """Return the site of each option; None when every option has a site of its own.

    Raises
    ------
    ProblemError
        When there is not one whole number for each option.
    """
    if site is None:
        return None
    labels = np.array(site)
    if labels.shape != (length,) or not np.issubdtype(labels.dtype, np.integer):
        raise ProblemError(
            say("site must hold {length} whole numbers, one for each option", length=length)
        )
    labels = labels.astype(np.int64)
    labels.flags.writeable = False
    return labels


def known(values: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_]:
    """Return a mask that the problem's birth has set.

    Raises
    ------
    ProblemError
        When it is None: the problem was not made by its class.
    """
    if values is None:
        raise ProblemError(say("a problem's masks are set when it is made: make it anew"))
    return values


def not_both(required: npt.NDArray[np.bool_], forbidden: npt.NDArray[np.bool_]) -> None:
    """Refuse options that are required and forbidden at once.

    Raises
    ------
    ProblemError
        Naming the first such option.
    """
    both = np.flatnonzero(required & forbidden)
    if len(both):
        raise ProblemError(
            say(
                "option {option} is required and forbidden at once: drop one of them",
                option=both[0],
            )
        )


def travel_matrix(seconds: Any) -> sp.csr_array:  # noqa: ANN401
    # any matrix of scipy or numpy may come in: what it must be is checked here
    """Seconds as CSR float64 [n_sites, n_demand]; absence is out of reach, a stored 0 is 0 s.

    A dense matrix may hold inf for out of reach.

    Raises
    ------
    ProblemError
        For NaN, values below zero or a matrix without any entry.
    """
    if sp.issparse(seconds):
        given: Any = seconds
        matrix: Any = sp.csr_array(given).astype(np.float64)
        if not matrix.has_canonical_format:
            raise ProblemError(say("seconds holds an entry twice: give each pair once"))
    else:
        dense = np.asarray(seconds, dtype=np.float64)
        if dense.ndim != 2:  # noqa: PLR2004 - sites x demand
            raise ProblemError(
                say("seconds has the shape {shape}: give sites x demand", shape=dense.shape)
            )
        near = ~np.isposinf(dense)
        offset = np.r_[0, np.cumsum(near.sum(axis=1))]
        # with long numbers scipy copies all of them to pick a few rows
        number = np.int32 if offset[-1] <= np.iinfo(np.int32).max else np.int64
        matrix = sp.csr_array(
            (dense[near], np.nonzero(near)[1].astype(number), offset.astype(number)),
            shape=dense.shape,
        )
    if not matrix.nnz:
        raise ProblemError(say("seconds is empty: no site reaches any demand item"))
    if np.isposinf(matrix.data).any():
        raise ProblemError(say("seconds holds inf among its stored entries: leave such pairs out"))
    if not (matrix.data >= 0).all():
        raise ProblemError(say("seconds holds NaN or values below 0: leave out pairs out of reach"))
    return cast("sp.csr_array", matrix)


def set_options(problem: Any, *, n_options: int) -> None:  # noqa: ANN401
    # the problems share these fields by name; what is absent is left out
    """Set required, forbidden, costs and site to checked arrays.

    Raises
    ------
    ProblemError
        As `mask`, `not_both`, `float_vector` and `site_labels`.
    """
    required = mask(problem.required, name="required", length=n_options)
    forbidden = mask(problem.forbidden, name="forbidden", length=n_options)
    not_both(required, forbidden)
    object.__setattr__(problem, "required", required)
    object.__setattr__(problem, "forbidden", forbidden)
    if getattr(problem, "costs", None) is not None:
        costs = float_vector(problem.costs, name="costs", length=n_options, unit=say("yuan"))
        object.__setattr__(problem, "costs", costs)
    if getattr(problem, "site", None) is not None:
        object.__setattr__(problem, "site", site_labels(problem.site, length=n_options))


def option_marks(limits: Sequence[Marked], *, n_options: int) -> None:
    """Refuse limits whose members are not one mark for each option.

    Raises
    ------
    ProblemError
        Naming the first such limit by its number.
    """
    for number, limit in enumerate(limits):
        if len(limit.members) != n_options:
            raise ProblemError(
                say(
                    "limit {number} has {n_members} members and there are {n_options} options",
                    number=number,
                    n_members=len(limit.members),
                    n_options=n_options,
                )
            )


def item_marks(floors: Sequence[Marked], *, n_demand: int) -> None:
    """Refuse floors whose members are not one mark for each demand item.

    Raises
    ------
    ProblemError
        Naming the first such floor by its number.
    """
    for number, floor in enumerate(floors):
        if len(floor.members) != n_demand:
            raise ProblemError(
                say(
                    "floor {number} has {n_members} members and there are {n_demand} demand items",
                    number=number,
                    n_members=len(floor.members),
                    n_demand=n_demand,
                )
            )


def most_open(value: int, *, n_options: int) -> int:
    """Return ``max_open`` as a count.

    Raises
    ------
    ProblemError
        For no count, or one above the number of options.
    """
    most = count(value, name="max_open")
    if most > n_options:
        raise ProblemError(
            say(
                "max_open is {most} and there are {n_options} options",
                most=most,
                n_options=n_options,
            )
        )
    return most


def whole_cover(covers: sp.csr_array, *, kind: str) -> None:
    """Refuse covers that are neither 0 nor 1.

    Raises
    ------
    ProblemError
        Naming the ``kind`` of covering that takes none.
    """
    if ((covers.data != 0) & (covers.data != 1)).any():
        raise ProblemError(say("{kind} covering takes covers of 0 and 1 only", kind=kind))
