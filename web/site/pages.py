"""Templates and static files, for pages that are served and for files that stand alone."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from data.vocabulary import SAMPLE_NOTICE
from web.design.markers import held_mark, mark, sprite
from web.design.palette import css_variables
from web.site import number_words as words
from web.site.input_labels import input_value_words, input_words

if TYPE_CHECKING:
    from web.languages import Language


def asset_text(name: str) -> Markup:
    """Return the text of one of our own static files, to be put into a file that stands alone.

    Nothing in it may end the element it stands in; our own files and the vendored ones do not.
    """
    text = (files("web") / "static" / name).read_text(encoding="utf-8")
    if "</script" in text.lower() or "</style" in text.lower():
        raise ValueError(f"static/{name} would end the element it is put into")
    return Markup(text)  # noqa: S704 - our own files


def leaflet_css() -> Markup:
    """Return Leaflet's stylesheet without its pictures, which our own styles replace."""
    text = asset_text("vendor/leaflet-1.9.4/leaflet.css")
    return Markup(re.sub(r"url\([^)]*\)", "none", text))  # noqa: S704 - a vendored file


def helpers() -> dict[str, Any]:
    """Return what every template may call."""
    return {
        "mark": mark,
        "sprite": sprite,
        "held_mark": held_mark,
        "count": words.count,
        "added_count": words.added_count,
        "signed_count": words.signed_count,
        "share": words.share,
        "share_range": words.share_range,
        "points": words.points,
        "gap_words": words.gap_words,
        "ramp_labels": words.ramp_labels,
        "css_variables": lambda: Markup(css_variables()),  # noqa: S704 - our own palette
        "hours_words": words.hours_words,
        "input_words": input_words,
        "input_value_words": input_value_words,
        "roads_source": words.roads_source,
        "rounding_note": words.rounding_note,
        "when_note": words.when_note,
        "strong": Markup("<strong>{}</strong>").format,
        "sample_notice": SAMPLE_NOTICE,
    }


MAP_SCRIPTS: Final = ("marks.js", "map.js", "city_map.js")
"""What the maps that folium draws need beside Leaflet."""


def render(template: str, language: Language, **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    """Render a template outside of a request, for a file that stands alone."""
    return _environment().get_template(template).render(t=language, **context)


def render_map(template: str, language: Language, **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    """Render the template of a map in a file of its own, with the styles and scripts it needs."""
    return render(
        template,
        language,
        notice=SAMPLE_NOTICE,
        leaflet_css=leaflet_css(),
        leaflet_js=asset_text("vendor/leaflet-1.9.4/leaflet.js"),
        map_js=Markup("\n").join(asset_text(name) for name in MAP_SCRIPTS),
        **context,
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(helpers())
    environment.globals["asset_text"] = asset_text
    return environment
