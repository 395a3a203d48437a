"""Maps by folium, through one safe wrapper: no other host, and no text that can act as HTML.

folium writes names, popups and tooltips into HTML and script as they are. Here whatever comes from
data travels as GeoJSON, which folium escapes as JSON, and `static/map.js` sets it as text; the few
labels that folium must write itself are escaped. Worse, branca takes the script that folium wrote
for a Jinja template once more, so that ``{{ … }}`` in a name would run **in this process**: every
brace that comes from data is replaced by a sign of the private use area until that is over.
Folium's assets are replaced on the instance, because
``add_js_link`` would change the class for the whole process. The parts of a finished map are kept
apart (`MapDocument`), so that they go into one file or under a strict Content-Security-Policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

import folium
import shapely
from branca.element import Figure
from folium.map import CustomPane
from folium.template import Template
from folium.utilities import JsCode
from shapely.geometry import mapping

from web.design.palette import tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.measure import Box
    from web.maps.density import Density
    from web.maps.road_lines import RoadLines
    from web.stations.features import Feature

Named = TypeVar("Named")

_BRACE: Final = "\ue07b"
_BRACE_IN_SCRIPT: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\ue07b")
_DIGITS: Final = 5
_MOST_MARKS: Final = 1500  # beyond it stations are dots on the canvas
_PANES: Final = {
    "density": 210,
    "covered": 220,
    "roads": 230,
    "ways": 235,
    "districts": 240,
    "labels": 590,
}


@dataclass(frozen=True)
class MapDocument:
    """A finished map: its ``div``, and the ``script`` that fills it (needs Leaflet and map.js)."""

    div: str
    script: str


class Way(NamedTuple):
    """A line from where somebody is to where they go, (lon, lat) each, so many pixels wide."""

    begin: tuple[float, float]
    end: tuple[float, float]
    width: float


class _Call(folium.MacroElement):
    """Hand the finished Leaflet map and a value to a ``function`` of our own scripts.

    "dress" of `static/map.js` takes controls, words and colours of the scheme; "hours" of
    `static/density.js` draws compact squares with workers by the hour.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "yizhan.{{ this.function }}({{ this._parent.get_name() }}, {{ this.value|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, function: Literal["dress", "hours"], value: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # folium ships no types
        self.function = function
        self.value = value


class SafeMap:
    """A folium map on paper: layers are added in order, then `document` finishes it."""

    def __init__(self, box: Box) -> None:
        left, bottom, right, top = box
        self._map = folium.Map(
            location=[(bottom + top) / 2, (left + right) / 2],
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.25,
            min_zoom=7,
            maxZoom=18,
        )
        self._map.default_js = []
        self._map.default_css = []
        _name(self._map, "city")
        for pane, z_index in _PANES.items():
            self._map.add_child(_name(CustomPane(pane, z_index=z_index), pane))
        self._box = [left, bottom, right, top]

    def add_density(self, density: Density, *, title: str) -> None:
        """Add the classed squares, filled by the ramp."""
        features = [
            _area(f"density-{number}", area, step=density.ramp_step(number))
            for number, area in enumerate(density.areas)
        ]
        self._add_areas(
            "density",
            features,
            title=title,
            style=lambda feature: {
                **_ink(fill=f"ramp-{feature['properties']['step']}"),
                "stroke": False,
                "fillOpacity": 0.6,
            },
        )

    def add_hours(self, squares: Mapping[str, Any]) -> None:
        """Add squares with workers by the hour; `web.maps.density_map` says what they hold."""
        self._map.add_child(_name(_Call("hours", _guarded(dict(squares))), "hours"))

    def add_covered(self, areas: Sequence[BaseGeometry], *, title: str) -> None:
        """Add covered areas to choose from, the first shown: a thin outline and a fill of 12 %."""
        self._add_areas(
            "covered",
            [
                _area(f"covered-{number}", area, choice=number)
                for number, area in enumerate(areas)
                if not area.is_empty
            ],
            title=title,
            style=lambda feature: {
                **_ink(line="accent", fill="accent"),
                "weight": 1.2,
                "fillOpacity": 0.12,
                "stroke": feature["properties"]["choice"] == 0,
                "fill": feature["properties"]["choice"] == 0,
            },
            on_each_feature=JsCode("yizhan.keepChoice"),
        )

    def add_ways(self, choices: Sequence[Sequence[Way]], *, title: str) -> None:
        """Add lines that belong to the choices of `add_covered`, those of the first shown."""
        features = []
        for number, ways in enumerate(choices):
            for width in sorted({way.width for way in ways}):
                lines = shapely.MultiLineString(
                    [(way.begin, way.end) for way in ways if way.width == width]
                )
                name = f"ways-{number}-{width:g}"
                features.append(_area(name, lines, choice=number, width=width))
        self._add_areas(
            "ways",
            features,
            title=title,
            style=lambda feature: {
                **_ink(line="way"),
                "weight": feature["properties"]["width"],
                "opacity": 0.75,
                "fill": False,
                "stroke": feature["properties"]["choice"] == 0,
            },
            on_each_feature=JsCode("yizhan.keepChoice"),
        )

    def add_roads(self, roads: Iterable[RoadLines], *, title: str) -> None:
        """Add the base map."""
        self._add_areas(
            "roads",
            [lines.as_feature() for lines in roads],
            title=title,
            style=lambda feature: {
                **_ink(line=f"road-{feature['properties']['road']}"),
                "road": feature["properties"]["width"],
                "weight": feature["properties"]["width"],
                "opacity": 0.9,
            },
        )

    def add_districts(
        self,
        areas: Mapping[str, BaseGeometry],
        *,
        label_points: Sequence[tuple[float, float]],
        title: str,
    ) -> None:
        """Add the borders of the districts and their names at ``label_points`` (lon, lat)."""
        if not areas:
            return
        group = _name(folium.FeatureGroup(name=_text(title)), "districts")
        borders = _layer(
            "borders",
            [_area(f"district-{row}", area) for row, area in enumerate(areas.values())],
            pane="districts",
            style=lambda _feature: {
                **_ink(line="border"),
                "weight": 1.4,
                "dashArray": "6 4",
                "fill": False,
            },
        )
        group.add_child(borders)
        for row, (district, point) in enumerate(zip(areas, label_points, strict=True)):
            group.add_child(_label(district, point, row))
        self._map.add_child(group)

    def add_stations(self, features: Sequence[Feature], *, title: str, name: str) -> None:
        """Add stations or sites as marks; as dots where there are too many for marks."""
        if not features:
            return
        how = "stationMarker" if len(features) <= _MOST_MARKS else "stationDot"
        self._map.add_child(
            _name(
                folium.GeoJson(
                    {"type": "FeatureCollection", "features": _guarded(list(features))},
                    name=_text(title),
                    on_each_feature=JsCode("yizhan.describe"),
                    point_to_layer=JsCode(f"yizhan.{how}"),
                    style_function=lambda _feature: {},
                ),
                name,
            )
        )

    def document(self, *, words: Mapping[str, Any], attribution: str) -> MapDocument:
        """Finish the map. ``attribution`` is text, escaped here; ``words`` name the controls."""
        self._map.add_child(_name(folium.LayerControl(position="topright"), "layers"))
        settings = {
            "words": _guarded(dict(words)),
            "attribution": _text(attribution),
            "box": self._box,
        }
        self._map.add_child(_name(_Call("dress", settings), "dress"))
        root = self._map.get_root()
        if not isinstance(root, Figure):
            raise TypeError("a folium map hangs in a figure")
        root.render()
        script = _BRACE_IN_SCRIPT.sub(r"\1\\u007b", root.script.render())
        return MapDocument(div=root.html.render().strip(), script=script.strip())

    def _add_areas(
        self,
        name: str,
        features: list[Feature],
        *,
        title: str,
        style: Any,  # noqa: ANN401 - folium's own callback
        on_each_feature: JsCode | None = None,
    ) -> None:
        if features:
            layer = _layer(
                name, features, pane=name, title=title, style=style, on_each_feature=on_each_feature
            )
            self._map.add_child(layer)


def _guarded(value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Take the opening braces out of every text in JSON data, until branca is done with it."""
    if isinstance(value, str):
        return value.replace("{", _BRACE)
    if isinstance(value, dict):
        return {_guarded(key): _guarded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [part if isinstance(part, int | float) else _guarded(part) for part in value]
    return value


def _text(text: str) -> str:
    """Make text safe where Leaflet takes HTML: names of layers, labels, the attribution."""
    return escape(text).replace("{", _BRACE)


def _name(element: Named, name: str) -> Named:
    """Give an element a name of its own instead of a random one: the same map is the same text."""
    setattr(element, "_id", name)  # noqa: B010 - folium ships no types and offers no other way
    return element


def _layer(
    name: str,
    features: list[Feature],
    *,
    pane: str,
    style: Any,  # noqa: ANN401 - folium's own callback
    title: str | None = None,
    on_each_feature: JsCode | None = None,
) -> folium.GeoJson:
    return _name(
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            name=None if title is None else _text(title),
            style_function=style,
            smooth_factor=1.0,
            on_each_feature=on_each_feature,
            pane=pane,
            interactive=False,
        ),
        name,
    )


def _area(feature_id: str, area: BaseGeometry, **properties: Any) -> Feature:  # noqa: ANN401 - JSON values
    geometry = mapping(area)
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": {"type": geometry["type"], "coordinates": _short(geometry["coordinates"])},
        "properties": properties,
    }


def _short(coordinates: Any) -> Any:  # noqa: ANN401 - nested tuples of any depth
    """Round coordinates to a metre; more digits only make the file larger."""
    if isinstance(coordinates, float | int):
        return round(coordinates, _DIGITS)
    return [_short(part) for part in coordinates]


def _label(district: str, point: tuple[float, float], row: int) -> folium.Marker:
    """Write a district's name at a point."""
    lon, lat = point
    icon = folium.DivIcon(
        html=f"<span>{_text(district)}</span>", icon_size=(0, 0), class_name="district-label"
    )
    marker = folium.Marker(
        [lat, lon],
        icon=_name(icon, f"label_icon_{row}"),
        interactive=False,
        keyboard=False,
        pane="labels",
    )
    return _name(marker, f"label_{row}")


def _ink(*, line: str | None = None, fill: str | None = None) -> dict[str, str]:
    """Colour by the palette's names (map.js repaints by them) and by their light values."""
    style: dict[str, str] = {}
    if line is not None:
        style |= {"ink": line, "color": tone(line).light}
    if fill is not None:
        style |= {"fillInk": fill, "fillColor": tone(fill).light}
    return style
