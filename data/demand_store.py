"""The demand in a workspace's cache: arrays in one file, kept in memory until the file changes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from data.array_files import load_arrays, save_arrays
from data.demand import Demand
from data.vocabulary import quote
from geo.errors import InputError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path


_NAME: Final = re.compile(r"[\w][\w.-]{0,59}")
#: On Windows a file of such a name, whatever its ending, is a device.
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def check_name(name: str) -> str:
    """Return the name of a variant; InputError when no file can have it."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise InputError(
            say(
                "name {name}: letters, digits, - and _ only, at most 60, such as fitted-2026",
                name=quote(name),
            )
        )
    if _DEVICE.fullmatch(name):
        raise InputError(
            say("name {name} is that of a device on Windows: choose another", name=quote(name))
        )
    return name


def save_demand(demand: Demand, path: Path) -> None:
    """Write ``demand`` as arrays, whole or not at all (WorkspaceError)."""
    save_arrays(
        {
            "ids": demand.ids,
            "lonlat": demand.lonlat,
            "weights": demand.weights,
            "groups": np.array(demand.groups, dtype=np.str_),
            "district": demand.district,
            "district_names": np.array(demand.district_names, dtype=np.str_),
            "presence": demand.presence,
            "profile": demand.profile,
        },
        path,
    )


def load_demand(path: Path) -> Demand:
    """Read what `save_demand` wrote; a file without hours is of an earlier version.

    WorkspaceError when it is broken.
    """
    return _load_demand(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=3)
def _load_demand(path: Path, _changed_ns: int) -> Demand:
    arrays = load_arrays(path, cure=say("run yizhan demand import again"))
    try:
        hours = {name: arrays[name] for name in ("presence", "profile") if name in arrays}
        return Demand(
            ids=arrays["ids"],
            lonlat=arrays["lonlat"],
            weights=arrays["weights"],
            groups=tuple(arrays["groups"].tolist()),
            district=arrays["district"],
            district_names=tuple(arrays["district_names"].tolist()),
            **hours,
        )
    except (ValueError, KeyError) as error:
        raise WorkspaceError(
            say(
                "{path}: is broken ({error}): run yizhan demand import again",
                path=path,
                error=error,
            )
        ) from None
