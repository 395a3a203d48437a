"""What can be asked of a workspace: each use case a function, with a frozen result.

No Click, no Flask, no HTML: commands, pages, notebooks and benchmarks call the same functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Is told what is being done, and the share of it that is done from 0 to 1.
Done = Callable[[str, float], None]
Figures = dict[str, Any]
