"""Claims about the colours and shapes."""

from __future__ import annotations

import itertools
import re
from importlib.resources import files

import pytest

from data.vocabulary import KINDS
from web.design.markers import SHAPES, SIZES, mark, sprite
from web.design.palette import (
    DIVERGING,
    KIND_COLOURS,
    RAMP,
    TOKENS,
    contrast,
    css_variables,
    relative_luminance,
    tone,
)

STYLES = "".join(
    (files("web") / "static" / name).read_text(encoding="utf-8")
    for name in ("yizhan.css", "pages.css")
)
SCHEMES = ("light", "dark")


def test_contrast_agrees_with_the_published_examples() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "paper-2", "land"])
@pytest.mark.parametrize("text", ["ink", "ink-2", "accent", "alert", "soon", "closed"])
def test_text_has_a_contrast_of_four_and_a_half(text: str, ground: str, scheme: str) -> None:
    colours = getattr(TOKENS[text], scheme), getattr(TOKENS[ground], scheme)
    assert contrast(*colours) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [("on-accent", "accent"), ("accent", "accent-soft"), ("ink", "sample"), ("ink", "accent-soft")],
)
def test_text_on_a_colour_has_a_contrast_of_four_and_a_half(
    text: str, ground: str, scheme: str
) -> None:
    assert contrast(getattr(TOKENS[text], scheme), getattr(TOKENS[ground], scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_mark_stands_out_from_the_land_by_its_outline_or_its_halo(scheme: str) -> None:
    land = getattr(TOKENS["land"], scheme)
    edges = (getattr(TOKENS[name], scheme) for name in ("mark-line", "mark-halo"))
    assert max(contrast(land, edge) for edge in edges) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_hollow_mark_is_paper_within_a_line_that_is_seen(scheme: str) -> None:
    hollow, line, land, number = (
        getattr(TOKENS[name], scheme)
        for name in ("mark-hollow", "mark-hollow-line", "land", "mark-text")
    )
    assert hollow == getattr(TOKENS["paper"], scheme)
    assert contrast(hollow, line) >= 3
    assert contrast(land, line) >= 3
    assert contrast(number, getattr(TOKENS["mark-proposed"], scheme)) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_ramp_reads_in_black_and_white(scheme: str) -> None:
    lights = [relative_luminance(getattr(step, scheme)) for step in RAMP]
    assert lights == sorted(lights, reverse=scheme == "light")
    assert len(RAMP) == 7
    assert all(abs(a - b) > 0.01 for a, b in itertools.pairwise(lights))


def test_the_diverging_ramp_is_lightest_in_its_middle() -> None:
    lights = [relative_luminance(step.light) for step in DIVERGING]
    assert max(lights) == lights[3]


def test_every_kind_has_a_shape_and_no_two_share_it() -> None:
    kinds = {term.id for term in KINDS}
    assert set(SIZES) == set(SHAPES) == kinds == set(KIND_COLOURS)
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_the_stylesheet_takes_every_colour_from_the_palette() -> None:
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!.*\{)", STYLES)
    assert not re.findall(r"\b(?:rgb|hsl|oklch|lab|color)a?\(", STYLES)


def test_every_variable_that_the_stylesheet_uses_is_defined() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", STYLES))
    defined = set(re.findall(r"--([\w-]+)\s*:", STYLES + css_variables()))
    assert used <= defined


def test_a_tone_is_found_under_the_name_of_its_variable() -> None:
    assert tone("accent") == TOKENS["accent"]
    assert tone("ramp-7") == RAMP[6]
    assert tone("kind-driver-home").light == "#0072b2"


def test_a_mark_refers_to_a_symbol_of_the_sprite() -> None:
    symbols = set(re.findall(r'symbol id="([\w-]+)"', sprite()))
    for kind in SHAPES:
        for state in ("open", "suspended"):
            assert set(re.findall(r'href="#([\w-]+)"', mark(kind, state=state))) <= symbols


def test_what_is_not_known_is_drawn_as_a_station_of_unknown_state() -> None:
    drawn = mark('"><script>', state='"><script>')
    assert "<script>" not in drawn
    assert "kind-station state-unknown" in drawn
