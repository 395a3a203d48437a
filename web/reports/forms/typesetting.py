"""Pages and pictures set by Typst, which needs neither a browser nor libraries of the system.

What is set comes to Typst as data (``sys.inputs``), never as its source: a name from a register is
text whatever signs it has. No file is read but the template, and nothing is fetched.
"""

from __future__ import annotations

from typing import Final

import typst

_PICTURE: Final = b"""
#set page(width: 156mm, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""
_PIXELS_PER_INCH: Final = 220.0


def picture_png(svg: str) -> bytes:
    """Draw an SVG that stands alone as a PNG, as wide as the text of an A4 page."""
    made = typst.compile(_PICTURE, format="png", ppi=_PIXELS_PER_INCH, sys_inputs={"svg": svg})
    if not isinstance(made, bytes):
        raise TypeError
    return made
