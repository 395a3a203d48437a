"""The shapes of stations, as one SVG sprite that every page, map and drawing refers to.

A kind is known by its shape first and its colour second; a state changes the shape too: filled for
open, with a dot beside it when it closes soon, hollow for closed, hollow with a bar for suspended,
with a plus for planned, hollow within a dashed outline where the hours are not known.
"""

from __future__ import annotations

from html import escape
from typing import Literal

from markupsafe import Markup

from web.design.palette import KIND_COLOURS

_CIRCLE = "M12 3.2a8.8 8.8 0 1 1 0 17.6a8.8 8.8 0 1 1 0-17.6Z"

# Outlines in a box of 24 by 24, all of about the same weight to the eye.
SHAPES: dict[str, str] = {
    "service_centre": (
        "M12 1.4L15 8.5L22.6 9.1L16.8 14.1L18.6 21.6L12 17.6L5.4 21.6L7.2 14.1L1.4 9.1L9 8.5Z"
    ),
    "base": "M12 2.4L21.6 9.4L17.9 20.6L6.1 20.6L2.4 9.4Z",
    "driver_home": "M4 4H20V20H4Z",
    "rider_home": "M12 1.6L22.4 12L12 22.4L1.6 12Z",
    "courier_home": "M12 2.4L22.4 20.6H1.6Z",
    "station": _CIRCLE,
    "micro_station": "M12 6.6a5.4 5.4 0 1 1 0 10.8a5.4 5.4 0 1 1 0-10.8Z",
    "mobile_station": f"{_CIRCLE}M12 8.4a3.6 3.6 0 1 0 0 7.2a3.6 3.6 0 1 0 0-7.2Z",
}

# What comes nearest to them among the simple markers of QGIS; a circle for the others.
QGIS_SHAPES: dict[str, str] = {
    "service_centre": "star",
    "base": "pentagon",
    "driver_home": "square",
    "rider_home": "diamond",
    "courier_home": "triangle",
}

# Widths on a map in CSS pixels; the more there is under a roof, the larger.
SIZES: dict[str, int] = {
    "service_centre": 30,
    "base": 26,
    "driver_home": 20,
    "rider_home": 24,
    "courier_home": 22,
    "station": 18,
    "micro_station": 18,
    "mobile_station": 18,
}

STATES: tuple[str, ...] = ("open", "soon", "planned", "suspended", "closed", "unknown")

OVERLAYS = {"suspended": "mark-bar", "soon": "mark-soon", "planned": "mark-plus"}


def symbol_id(kind: str) -> str:
    """Return the sprite's name of a kind; what is not known is drawn as a station."""
    return f"mark-{kind if kind in SHAPES else 'station'}".replace("_", "-")


def kind_class(kind: str) -> str:
    """Return the stylesheet's class that gives a kind its colour."""
    return f"kind-{kind if kind in KIND_COLOURS else 'station'}".replace("_", "-")


def sprite() -> Markup:
    """Return the hidden SVG that holds one symbol a kind, and what a state adds to it.

    The scripts of a page know the kinds by these symbols, and their sizes by ``data-size``. Each
    shape is drawn twice: a halo of paper first, so that it stands clear of what lies below.
    """
    symbols = "".join(
        f'<symbol id="{symbol_id(kind)}" viewBox="0 0 24 24" data-size="{SIZES[kind]}">'
        f'<path class="mark-halo" d="{path}"/><path class="mark-shape" d="{path}"/></symbol>'
        for kind, path in SHAPES.items()
    )
    bar = (
        '<symbol id="mark-bar" viewBox="0 0 24 24"><path class="mark-bar" d="M6 18L18 6"/></symbol>'
        '<symbol id="mark-plus" viewBox="0 0 24 24">'
        '<path class="mark-bar" d="M12 7.5V16.5M7.5 12H16.5"/></symbol>'
        '<symbol id="mark-soon" viewBox="0 0 24 24">'
        '<circle class="mark-soon" cx="19" cy="5" r="4"/></symbol>'
        '<symbol id="mark-amber" viewBox="0 0 24 24"><path class="mark-amber" '
        'd="M18 10.5L24.6 22.5H11.4Z"/><path class="mark-amber-sign" d="M18 14.6V18.4M18 20V21"/>'
        "</symbol>"
    )
    return Markup(  # noqa: S704 - constants of this module only
        f'<svg class="sprite" width="0" height="0" aria-hidden="true">{symbols}{bar}</svg>'
    )


def number_text(number: int) -> str:
    """Return the SVG text of a proposed site's number; two digits are written smaller."""
    narrow = " two" if number > 9 else ""  # noqa: PLR2004 - the last of one digit
    return f'<text class="mark-number{narrow}" x="12" y="12">{number:d}</text>'


def held_mark(kind: str, letters: str, *, held: int | Literal["all"] | None = None) -> Markup:
    """Return the mark of an action of scenarios, with their ``letters`` inside.

    ``held`` is the number of the scenario that has it alone, from 1 to 4, "all" where all have it,
    and None where some do.
    """
    alone = "" if held is None else f" held-{held}"
    narrow = ("", "", " two", " three")[min(len(letters), 3)]
    return Markup(  # noqa: S704 - constants and escaped letters only
        f'<svg class="mark {kind_class(kind)} proposed{escape(alone)}" viewBox="0 0 24 24" '
        f'aria-hidden="true"><use href="#{escape(symbol_id(kind))}"/>'
        f'<text class="mark-number{narrow}" x="12" y="12">{escape(letters)}</text></svg>'
    )


def mark(
    kind: str, *, state: str = "open", number: int | None = None, amber: bool = False
) -> Markup:
    """Return one mark as inline SVG that refers to the page's `sprite`.

    ``number`` makes it a proposed site: a heavy outline and its place in the order inside;
    ``amber`` adds the warning sign of a station that workers complain of.
    """
    classes = f"mark {kind_class(kind)} state-{state if state in STATES else 'unknown'}"
    parts = [f'<use href="#{escape(symbol_id(kind))}"/>']
    if state in OVERLAYS:
        parts.append(f'<use href="#{OVERLAYS[state]}"/>')
    if amber:
        parts.append('<use href="#mark-amber"/>')
    if number is not None:
        classes += " proposed"
        parts.append(number_text(number))
    return Markup(  # noqa: S704 - constants of this module and an integer only
        f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{"".join(parts)}</svg>'
    )
