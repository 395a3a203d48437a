"""Standard output and error in whatever encoding the system gives them.

A pipe on Windows has the code page of the country: GBK where Chinese is at home, elsewhere one that
knows no Chinese.
"""

from __future__ import annotations

import codecs
import io
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_every_sign() -> None:
    """Write a sign that a stream's encoding lacks by its number, and go on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def json_line(body: Mapping[str, Any]) -> str:
    """Return an object as one line of JSON that reads back right from standard output.

    JSON is UTF-8 by its standard; in another encoding all beyond ASCII is written as an escape.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    as_it_is = codecs.lookup(encoding).name == "utf-8"
    return json.dumps(body, ensure_ascii=not as_it_is, allow_nan=False)
