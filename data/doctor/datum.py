"""The datum doctor: whether a file is in the datum that it claims."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from data.doctor.findings import Finding, Severity, Words
from geo.datum import Datum, to_wgs84
from geo.datum_fit import FAR_M, FEWEST, DatumFit, Reading, fit_readings
from geo.measure import Box
from geo.messages import say
from geo.snapping import snap

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from data.districts import Districts
    from geo.network import RoadNetwork

_CODE: Final = "datum"
_RIM_DEG: Final = 1e-6
_MAPS: Final = {
    "wgs84": Words("GPS、天地图、OSM", say("GPS, Tianditu, OpenStreetMap")),
    "gcj02": Words("高德、腾讯", say("Amap, Tencent")),
    "bd09": Words("百度", say("Baidu")),
}


def fit_datum(
    given: npt.NDArray[np.float64],
    *,
    stated: Datum,
    network: RoadNetwork,
    districts: Districts | None = None,
) -> DatumFit:
    """Judge in which datum points fit the roads and the districts best.

    ``given`` float64[n, 2] are degrees as handed in, NaN where there are none; ``districts`` None,
    or without areas, leaves them out. See `geo.datum_fit` for the measure.
    """
    left, bottom, right, top = network.box
    rim = _RIM_DEG  # the box of one straight street has no height, or no width
    mode = "foot" if "foot" in network.modes else network.modes[0]
    return fit_readings(
        {str(datum): to_wgs84(given, datum=datum) for datum in Datum},
        stated=str(stated),
        to_road_m=lambda points: (
            snap(network, points, mode=mode, limit_m=FAR_M, islands=True).distance_m
        ),
        box=Box(left - rim, bottom - rim, right + rim, top + rim),
        inside=(
            (lambda points: districts.locate(points) >= 0)
            if districts is not None and len(districts)
            else None
        ),
    )


def datum_finding(fit: DatumFit) -> Finding | None:
    """Question the datum where another one fits; say so where too few points can tell.

    None when the stated datum fits, or nothing can be said against it.
    """
    if fit.why_not == "few points":
        return Finding(
            code=_CODE,
            severity=Severity.note,
            what=Words(
                f"只有 {fit.points} 个不同的位置，不足以核对坐标系",
                say("{n} places are too few to tell whether the datum is right", n=fit.points),
            ),
            cure=Words(
                f"至少要 {FEWEST} 个，30 个以上才可靠；请在地图上核对几个站点",
                say(
                    "{least} are the least and 30 are safe: look at some of them on a map",
                    least=FEWEST,
                ),
            ),
        )
    if not fit.doubtful or fit.likely is None:
        return None
    stated, likely = fit.reading(fit.stated), fit.reading(fit.likely)
    maps = _MAPS[likely.name]
    inside = _inside_words(stated, likely)
    return Finding(
        code=_CODE,
        severity=Severity.error,
        what=Words(
            f"声明的坐标系是 {stated.name}，但按 {likely.name} 读更贴合道路："
            f"到最近道路的中位距离 {likely.median_m:.0f} 米，按 {stated.name} 为 "
            f"{stated.median_m:.0f} 米{inside.zh}（{fit.points} 个位置，"
            f"两种读法相差 {likely.shift_m:.0f} 米）",
            say(
                "the file says {stated} and fits the roads as {likely}: the median place "
                "lies {likely_m:.0f} m from a road, read as {stated} "
                "{stated_m:.0f} m{inside} ({n} places, "
                "{shift_m:.0f} m apart in the two readings)",
                stated=stated.name,
                likely=likely.name,
                likely_m=likely.median_m,
                stated_m=stated.median_m,
                inside=inside.en,
                n=fit.points,
                shift_m=likely.shift_m,
            ),
        ),
        cure=Words(
            f"坐标若取自{maps.zh}，请用 --datum {likely.name} 导入",
            say(
                "if the coordinates come from {maps}, import with --datum {datum}",
                maps=maps.en,
                datum=likely.name,
            ),
        ),
    )


def _inside_words(stated: Reading, likely: Reading) -> Words:
    """Say how many places lie in a district in the two readings; nothing where there are none."""
    if math.isnan(likely.inside_share):
        return Words("", "")
    return Words(
        f"；落在区县内 {likely.inside_share:.0%}，按 {stated.name} 为 {stated.inside_share:.0%}",
        say(
            "; {likely_share:.0%} lie in a district, read as {stated} {stated_share:.0%}",
            likely_share=likely.inside_share,
            stated=stated.name,
            stated_share=stated.inside_share,
        ),
    )
