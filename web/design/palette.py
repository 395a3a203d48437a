"""The one palette: every colour that the pages, the maps and the report use.

A colour has a light and a dark value and a name; the stylesheet, folium and the drawings ask for it
by its name only. Kinds of station are told apart by shape first (`web.design.markers`) and colour
second; the colours are those of Okabe and Ito (2008), safe for colour-blind eyes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """One colour by the page's scheme, each as ``#rrggbb``."""

    light: str
    dark: str


TOKENS: dict[str, Tone] = {
    "ink": Tone("#16201d", "#eef3f1"),
    "ink-2": Tone("#55645f", "#a3b1ac"),
    "line": Tone("#dfe5e2", "#2d3835"),
    "paper": Tone("#ffffff", "#121816"),
    "paper-2": Tone("#f5f7f6", "#1a2220"),
    "accent": Tone("#0b6e4f", "#4fc49a"),
    "on-accent": Tone("#ffffff", "#0c1512"),
    "accent-soft": Tone("#e3f1eb", "#173329"),
    "alert": Tone("#b3261e", "#ff8a80"),
    "soon": Tone("#9a5b00", "#e5a54b"),
    "closed": Tone("#66726d", "#97a49f"),
    "sample": Tone("#f6e7b8", "#4a4221"),
    "shade": Tone("#c3ccc8", "#000000"),
    # Maps: land, three grey road classes, and the outline that every mark carries.
    "land": Tone("#fafbfa", "#141b19"),
    "road-1": Tone("#8f9b96", "#6d7a75"),
    "road-2": Tone("#b9c2be", "#4a5652"),
    "road-3": Tone("#d9dfdc", "#2f3936"),
    "mark-line": Tone("#16201d", "#0a0f0d"),
    "mark-halo": Tone("#ffffff", "#dfe7e4"),
    "mark-text": Tone("#16201d", "#16201d"),
    # A hollow mark (planned, suspended, closed) is paper within a line, in either scheme; a
    # proposed one is light in both, so that its number reads.
    "mark-hollow": Tone("#ffffff", "#121816"),
    "mark-hollow-line": Tone("#16201d", "#dfe7e4"),
    "mark-proposed": Tone("#ffffff", "#dfe7e4"),
    "border": Tone("#7b8782", "#84918c"),
    "way": Tone("#7a3b69", "#d7a3c8"),
    # What one of up to four scenarios alone has: the ends of the differences, then two more.
    "held-1": Tone("#762a83", "#d7a3e2"),
    "held-2": Tone("#1b7837", "#93d79d"),
    "held-3": Tone("#9a5b00", "#e5a54b"),
    "held-4": Tone("#0b5a94", "#7fb8ea"),
}

KIND_COLOURS: dict[str, str] = {
    "service_centre": "#d55e00",
    "base": "#cc79a7",
    "driver_home": "#0072b2",
    "rider_home": "#e69f00",
    "courier_home": "#56b4e9",
    "station": "#009e73",
    "micro_station": "#009e73",
    "mobile_station": "#009e73",
}

# Lines and areas of which a map shows several kinds at once, such as one a group of workers.
ONE_OF_MANY: tuple[str, ...] = (
    "#0072b2",
    "#56b4e9",
    "#e69f00",
    "#cc79a7",
    "#009e73",
    "#d55e00",
    "#55645f",
)

# Density, little to much: one hue path whose lightness only falls (rises in the dark scheme), so
# that it reads in black and white; 7 classes.
RAMP: tuple[Tone, ...] = (
    Tone("#eef3cf", "#1f2f33"),
    Tone("#d3e5b2", "#21474c"),
    Tone("#a5d1ad", "#266467"),
    Tone("#6fb6ad", "#37837f"),
    Tone("#4792a3", "#5aa592"),
    Tone("#326a90", "#97c69c"),
    Tone("#2b3f70", "#e3ebb4"),
)

# Differences, less to more: purple, paper, green (after ColorBrewer's PRGn).
DIVERGING: tuple[Tone, ...] = (
    Tone("#762a83", "#d7a3e2"),
    Tone("#af8dc3", "#9c6cab"),
    Tone("#e7d4e8", "#58415f"),
    Tone("#f7f7f7", "#2a302e"),
    Tone("#d9f0d3", "#34513b"),
    Tone("#7fbf7b", "#5c9c64"),
    Tone("#1b7837", "#93d79d"),
)

FONT_STACK = (
    'system-ui, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", '
    '"Noto Sans CJK SC", sans-serif'
)


def _declarations(scheme: str) -> str:
    tones = dict(TOKENS)
    tones |= {f"ramp-{number}": tone for number, tone in enumerate(RAMP, start=1)}
    tones |= {f"diff-{number}": tone for number, tone in enumerate(DIVERGING, start=1)}
    return "".join(f"--{name}:{getattr(tone, scheme)};" for name, tone in tones.items())


def css_variables() -> str:
    """Return the palette as CSS: variables on ``:root`` for both schemes, and one class a kind.

    The dark values hold where the reader's system asks for dark and the page is not printed.
    """
    kinds = "".join(
        f"--kind-{kind.replace('_', '-')}:{colour};" for kind, colour in KIND_COLOURS.items()
    )
    classes = "".join(
        f".kind-{kind.replace('_', '-')}{{--mark:var(--kind-{kind.replace('_', '-')})}}\n"
        for kind in KIND_COLOURS
    )
    return (
        f":root{{color-scheme:light dark;--font:{FONT_STACK};{kinds}{_declarations('light')}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{_declarations('dark')}}}}}\n"
        f"{classes}"
    )


def tone(name: str) -> Tone:
    """Return the colour that a stylesheet calls ``--name``; KeyError when there is none."""
    if name.startswith("ramp-"):
        return RAMP[int(name.removeprefix("ramp-")) - 1]
    if name.startswith("kind-"):
        colour = KIND_COLOURS[name.removeprefix("kind-").replace("-", "_")]
        return Tone(colour, colour)
    return TOKENS[name]


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 black to 1 white (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the standard's constants
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted(map(relative_luminance, (first, second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)
