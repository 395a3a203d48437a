"""What the numbers of a population raster cannot be: negative, marks of no data, crowds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import FileFormatError
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

MOST_PER_KM2: Final = 200_000.0
#: Numbers that makers of rasters write where they know nothing, and forget to declare.
_MARKS: Final = (255.0, 9_999.0, 32_767.0, 65_535.0, 99_999.0, 999_999.0, 2_147_483_647.0)
_FEWEST_MARKS: Final = 2
_MARK_STANDS_OUT: Final = 2.0  # times the largest number below it


def refuse_impossible_people(
    name: str,
    people: npt.NDArray[np.float64],
    *,
    areas_km2: Callable[[npt.NDArray[np.intp]], npt.NDArray[np.float64]],
    least_area_km2: float,
) -> None:
    """Refuse numbers of people per cell that cannot be.

    Parameters
    ----------
    name
        the file's, for the message.
    people
        float64[n], of the cells in the city that have a value.
    areas_km2
        gives the areas of cells by their numbers in ``people``; asked only for those in doubt.
    least_area_km2
        no cell is smaller than this.

    Raises
    ------
    FileFormatError
        when numbers are negative, look like an undeclared mark of no data, crowd more than 200,000
        people into a square kilometre (the densest quarters hold some 130,000), or are all 0.
    """
    negative = people < 0
    if negative.any():
        raise FileFormatError(
            say(
                "{name}: {n_negative:,} cells are negative (least {least:g}): set that number as "
                "its no-data value (gdal_edit.py -a_nodata)",
                name=name,
                n_negative=int(negative.sum()),
                least=people.min(),
            )
        )
    most = people.max()
    at_most = int((people == most).sum())
    below = people[people < most].max(initial=0.0)
    if most in _MARKS and at_most >= _FEWEST_MARKS and most > _MARK_STANDS_OUT * below:
        raise FileFormatError(
            say(
                "{name}: {at_most:,} cells hold {most:,.0f} and no other more than {below:,.6g}: "
                "{most:.0f} is a usual mark of no data: set it as the no-data value "
                "(gdal_edit.py -a_nodata)",
                name=name,
                at_most=at_most,
                most=most,
                below=below,
            )
        )
    doubted = np.flatnonzero(people > MOST_PER_KM2 * least_area_km2)
    per_km2 = people[doubted] / areas_km2(doubted)
    crowded = per_km2 > MOST_PER_KM2
    if crowded.any():
        fullest = people[doubted][crowded].max()
        raise FileFormatError(
            say(
                "{name}: holds up to {fullest:,.6g} people in a cell, {per_km2:,.0f} per km2, more "
                "than {most_per_km2:,.0f} (so in {n_crowded:,} of its cells): check its unit, or "
                "set that number as its no-data value (gdal_edit.py -a_nodata)",
                name=name,
                fullest=fullest,
                per_km2=per_km2.max(),
                most_per_km2=MOST_PER_KM2,
                n_crowded=int(crowded.sum()),
            )
        )
    if not (people > 0).any():
        raise FileFormatError(
            say("{name}: holds nobody in the city's box: every cell is 0", name=name)
        )
