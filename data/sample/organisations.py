"""The sample city's unions, federations and firms: whose members its workers are.

Their members are the sample's totals of workers, to the last one; who is in no union is listed by
the firm that employs them. Names and numbers are generated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.sample.districts import DISTRICTS
from data.sample.workers import TOTALS
from data.vocabulary import GROUPS_BY_ID

if TYPE_CHECKING:
    import numpy as np

UNION_MEMBERS = 39_600
"""Of all workers so many are in a union; every truck driver is."""
_UNIONS_A_DISTRICT = {
    "truck_driver": 3,
    "courier": 2,
    "delivery_rider": 2,
    "ride_hailing_driver": 1,
    "sanitation_worker": 1,
}
# How many workers of a hundred each district has: more in the town, lorries in the county.
_SHARES = {"相山区": 42, "杜集区": 16, "烈山区": 18, "濉溪县": 24}
_FIRMS = (("courier", 3), ("delivery_rider", 2))
_SEAT = "相山区"  # where the firms have their seat
_FEDERATION_POSTS, _CITY_POSTS = 2, 4
_LARGE = 500  # a union of so many has a second part-time officer

#: An organisation as a row of the file, by the names of its columns.
Row = dict[str, str | int]


def draw_organisations(random: np.random.Generator) -> tuple[Row, ...]:
    """Draw the organisations: one federation of the city, one a district, unions, firms."""
    outside = _split(sum(TOTALS.values()) - UNION_MEMBERS, [n for _, n in _FIRMS])
    in_firms = dict(zip((group for group, _ in _FIRMS), outside, strict=True))
    rows = [_row("市总工会", "federation", "", {}, posts=_CITY_POSTS)]
    rows += [
        _row(f"{name}工会联合会", "federation", name, {}, posts=_FEDERATION_POSTS)
        for name, *_ in DISTRICTS
    ]
    for group, total in TOTALS.items():
        in_unions = total - in_firms.get(group, 0)
        by_district = _split(in_unions, list(_SHARES.values()))
        for district, members in zip(_SHARES, by_district, strict=True):
            n_unions = _UNIONS_A_DISTRICT[group]
            sizes = _split(members, (random.integers(2, 10, n_unions)).tolist())
            rows += [
                _row(
                    f"{district}{GROUPS_BY_ID[group].zh}行业工会第{number}分会",
                    "union",
                    district,
                    {group: size},
                    posts=2 if size >= _LARGE else 1,
                )
                for number, size in enumerate(sizes, 1)
            ]
    for group, n_firms in _FIRMS:
        sizes = _split(in_firms[group], (random.integers(2, 10, n_firms)).tolist())
        rows += [
            _row(f"示例{GROUPS_BY_ID[group].zh}企业{number}", "firm", _SEAT, {group: size}, posts=0)
            for number, size in enumerate(sizes, 1)
        ]
    return tuple({"编号": f"ORG{number:03}", **row} for number, row in enumerate(rows, 1))


def _row(name: str, kind: str, district: str, members: dict[str, int], *, posts: int) -> Row:
    counts = {GROUPS_BY_ID[group].zh: members.get(group, 0) for group in TOTALS}
    return {"名称": name, "类型": kind, "区县": district, **counts, "兼职岗位数": posts}


def _split(whole: int, weights: list[int]) -> list[int]:
    """Split a whole number by weights, rounded so that the parts add up to it."""
    ends = [whole * sum(weights[: at + 1]) // sum(weights) for at in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
