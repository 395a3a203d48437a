"""Every key of ``yizhan.toml``: what it is, its unit and its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from data.group_defaults import GROUP_DEFAULTS
from data.vocabulary import SAMPLE_NOTICE

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = TypeVar("Value", str, float)


@dataclass(frozen=True)
class SettingsKey:
    """One key of ``yizhan.toml``: what it is, its unit and its default, for people to read."""

    name: str
    unit: str
    default: str
    meaning: str


def _among(values: Iterable[Value]) -> str:
    """List the defaults of the groups, each once and in order."""
    words = [value if isinstance(value, str) else f"{value:g}" for value in sorted(set(values))]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


KEYS: Final = (
    SettingsKey("name", "text", "as given to init", "the city's name, shown on every page"),
    SettingsKey(
        "identity",
        "UUID",
        "made by init, or by the first write",
        "which city this is: its database carries it too, and that of another city is refused",
    ),
    SettingsKey(
        "sample",
        "true or false",
        "false",
        f'true marks generated data: every page and file then says "{SAMPLE_NOTICE}"',
    ),
    SettingsKey(
        "box",
        "degrees WGS-84",
        "as given to init",
        "left, bottom, right, top: a point outside is refused at import",
    ),
    SettingsKey(
        "metric_crs",
        "EPSG code",
        "UTM zone of the box",
        "where metres are measured; Web Mercator is 21 % too long at 34° N, so it is refused",
    ),
    SettingsKey(
        "snap_limit_m",
        "metres",
        "500",
        "how far from the nearest road a place may lie and still be on the network; "
        "500 m reaches a yard or a village lane, not the next valley",
    ),
    SettingsKey(
        "candidates.spacing_m",
        "metres",
        "250",
        "one candidate site in each square of this width; a coarser grid is planned sooner and can "
        "cover clearly less",
    ),
    SettingsKey("candidates.kind", "kind", "station", "what is built at a site that names no kind"),
    SettingsKey("standards.national.mode", "mode", "foot", "the national standard is on foot"),
    SettingsKey(
        "standards.national.cutoff_s",
        "seconds",
        "900",
        "a 15-minute walk (全总 双15工程, 2023)",
    ),
    SettingsKey(
        "standards.national.radius_m",
        "metres",
        "1000",
        "and 1 km, both along the roads (全总 双15工程, 2023)",
    ),
    SettingsKey(
        "groups.<group>.mode",
        "mode",
        _among(default.mode for default in GROUP_DEFAULTS.values()),
        "how the group goes: foot, ebike, car or truck",
    ),
    SettingsKey(
        "groups.<group>.cutoff_s",
        "seconds",
        _among(default.cutoff_s for default in GROUP_DEFAULTS.values()),
        "the longest way to a station: riders do not detour (5 min), drivers may (10 min)",
    ),
    SettingsKey(
        "groups.<group>.radius_m",
        "metres",
        "none; 1000 for those on foot",
        "the longest way in metres; leave it out when only the time counts",
    ),
    SettingsKey(
        "groups.<group>.kinds",
        "list of kinds",
        "those that take the group in",
        "kinds of station that serve the group, where a station does not name its groups",
    ),
    SettingsKey(
        "groups.<group>.needs",
        "list of facilities",
        "the standard's basic equipment",
        "without these, in working order, a station does not serve the group in effect; one of "
        "which they are not known counts at the upper end of the range only",
    ),
    SettingsKey(
        "groups.<group>.access",
        "list of ways in",
        "all of them",
        "how the group can get in: free_door, staffed_counter, qr_code, member_app, face, key; a "
        "station that says no way counts at the upper end of the range only",
    ),
    SettingsKey(
        "public_address",
        "web address",
        "none",
        "where workers find the page, such as https://yizhan.example.cn: it stands in the QR "
        "codes; without it, the address by which the page was asked for, where that is a number, "
        "localhost or one of `trusted_hosts`",
    ),
    SettingsKey(
        "trusted_hosts",
        "list of names",
        "all names",
        "by which names the server is asked for, such as yizhan.example.cn: a request by another "
        "name is refused; that of `public_address`, numbers and localhost always may",
    ),
    SettingsKey(
        "base_map.provider",
        "roads, tianditu or amap",
        "roads",
        "what the public map is drawn on: the city's own roads (no other host is asked for "
        "anything), or the tiles of a provider, which then sees which part of the map a phone "
        "looks at",
    ),
    SettingsKey("base_map.key", "text", "none", "the operator's own key: Tianditu needs one"),
    SettingsKey(
        "base_map.review_number",
        "text",
        "none",
        "the map's review number (审图号), shown on the public map; whether one is needed is for "
        "the operator to ask",
    ),
    SettingsKey(
        "proposals.quick_fix_days",
        "days",
        "7",
        "by when a proposal that is mended at once is reviewed; a judgement",
    ),
    SettingsKey(
        "proposals.improvement_days",
        "days",
        "30",
        "by when one for an improvement is reviewed, and one that has no level yet; a judgement",
    ),
    SettingsKey(
        "proposals.project_days",
        "days",
        "60",
        "by when one for a project is reviewed; a judgement",
    ),
    SettingsKey(
        "report.issuer",
        "text",
        "none",
        "who issues the reports, such as 示例市总工会: it stands on their first page",
    ),
    SettingsKey(
        "report.targets",
        "list of tables",
        "none",
        "what the reports follow, each as [[report.targets]] with name, what (stations, seats, "
        "members or a kind of station), number and until (a day); with start and since, a number "
        "at an earlier day, the report says where it leads at that pace",
    ),
    SettingsKey(
        "photos.store",
        "address",
        "the folder photos of the workspace",
        "where the files of photos lie, such as s3://bucket/folder (pip install s3fs; its keys "
        "stand in the environment, never here); PHOTOS_URL in the environment goes before it",
    ),
    SettingsKey(
        "runs.keep_days",
        "days",
        "180",
        "so long a question asked in the browser is kept once it has ended; a scenario made of it "
        "stays",
    ),
    SettingsKey(
        "profiles.<mode>",
        "table",
        "those of docs/profiles.md",
        "how a mode moves over the roads: speeds by class, signals, barriers, weight and height",
    ),
    SettingsKey(
        "demand.totals",
        "organisations or a file",
        "none",
        "where yizhan demand build takes the workers in all from when it is not told: the table of "
        "organisations, or a file by its place in the workspace's folder",
    ),
    SettingsKey(
        "demand.cell_m",
        "metres",
        "250",
        "side of the squares over which workers are spread; a 250 m square is crossed on foot in "
        "3 minutes, finer than any total is known",
    ),
    SettingsKey("demand.shape", "square or h3", "square", "squares, or H3 hexagons (extra h3)"),
    SettingsKey(
        "demand.h3_resolution",
        "5 to 11",
        "9",
        "of the hexagons where shape is h3: 9 is about 0.1 km2, 8 about 0.7 km2",
    ),
    SettingsKey(
        "demand.draws",
        "number",
        "200",
        "sets of weights drawn around those below where a range is asked for; 200 settle a "
        "5-95 % range to about 1 % of it",
    ),
    SettingsKey("demand.seed", "number", "1", "the same seed draws the same sets"),
    SettingsKey(
        "demand.concentration",
        "number",
        "20",
        "how close the drawn weights stay to yours (Dirichlet): at 20 a weight of .50 lies "
        "between .32 and .68 in nine sets of ten, which is how sure a judgement can be",
    ),
    SettingsKey(
        "demand.<group>.weights",
        "layer = share",
        "those of the group",
        "what draws the group, as shares that add up to 1; layers are listed by yizhan demand "
        "layers, own:NAME is a layer of your own points",
    ),
    SettingsKey(
        "demand.<group>.roads",
        "class = factor",
        "those of the group",
        "what a metre of each road class counts in the layers roads and urban_roads (in town: 6 km "
        "of street and more in the square kilometre around)",
    ),
    SettingsKey(
        "demand.<group>.bandwidth_m",
        "metres",
        _among(default.bandwidth_m for default in GROUP_DEFAULTS.values()),
        "how far a layer draws: exp(-u^2/2) with u the distance over this, cut at u = 2",
    ),
    SettingsKey(
        "demand.<group>.over",
        "network or straight",
        "network",
        "distance along the roads of the group's mode, or as the crow flies",
    ),
    SettingsKey(
        "demand.<group>.eps",
        "share",
        "0.02",
        "spread evenly over the land, beside the weights: no place is quite without workers",
    ),
    SettingsKey(
        "demand.<group>.presence",
        "share",
        "those of the group",
        "how many of the registered workers are in town and at work on a usual day",
    ),
    SettingsKey(
        "demand.<group>.weekday",
        "24 shares",
        "those of the group",
        "share of those present who want a rest place in each hour of a weekday, from midnight",
    ),
    SettingsKey(
        "demand.<group>.weekend",
        "24 shares",
        "those of the group",
        "the same for a day of the weekend",
    ),
)
KEY_NAMES: Final = frozenset(key.name for key in KEYS)
"""The names of all keys, as they stand in `KEYS`."""
