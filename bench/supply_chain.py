"""`python -m bench.supply_chain`: what a server runs, of which version, hash and licence.

``requirements.lock`` has the hash of every file of every package that the image may take; from it
the bill of materials is made (``make sbom``: CycloneDX 1.6), together with what is vendored under
``web/static/vendor`` and with the licence that each package names of itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements.lock"
VENDORED: Final = ROOT / "web" / "static" / "vendor" / "manifest.json"
_LINE: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;]+)", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
#: What packages call a licence when they do not name it by its SPDX identifier.
_SPDX: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
#: Packages of which the installed files do not tell, or which need a word.
EXPLAINED: Final = {
    "psycopg": "LGPL-3.0-only",  # used as it is, by its interface, and only with PostgreSQL
    "psycopg-binary": "LGPL-3.0-only",  # likewise
    "tzdata": "Apache-2.0",  # taken on Windows only, so it is not installed where this runs
}
ALLOWED: Final = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "LLVM-exception"),
        *("MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib"),
    }
)


@dataclass(frozen=True)
class Locked:
    """A package of the lock, with the SHA-256 of each of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock(text: str) -> tuple[Locked, ...]:
    """Return the packages of a lock in its order."""
    begins = list(_LINE.finditer(text))
    ends = [found.start() for found in begins[1:]] + [len(text)]
    return tuple(
        Locked(found[1], found[2], tuple(_HASH.findall(text[found.end() : end])))
        for found, end in zip(begins, ends, strict=True)
    )


def licence_of(name: str) -> str:
    """Return the licence of a package as an SPDX expression; "" where it is not known."""
    if name in EXPLAINED:
        return EXPLAINED[name]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    expression = told.get("License-Expression")
    if expression:
        return str(expression)
    classified = [
        word.rpartition("::")[2].strip()
        for word in told.get_all("Classifier") or []
        if word.startswith("License ::")
    ]
    words = classified or [(told.get("License") or "").strip()]
    known = sorted({_SPDX.get(word, word) for word in words})
    return " OR ".join(known)


def forbidden(packages: tuple[Locked, ...]) -> dict[str, str]:
    """Return by name the licences that are neither allowed nor explained."""
    found = {package.name: licence_of(package.name) for package in packages}
    return {
        name: licence
        for name, licence in found.items()
        if name not in EXPLAINED
        and not (licence and set(re.split(r" (?:OR|AND|WITH) ", licence)) <= ALLOWED)
    }


def bill_of_materials(packages: tuple[Locked, ...]) -> dict[str, Any]:
    """Return the bill of materials as CycloneDX 1.6; the same lock gives the same bill."""
    vendored = json.loads(VENDORED.read_text(encoding="utf-8"))["vendored"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "yizhan", "version": version("yizhan")}
        },
        "components": [
            *(
                _component(
                    one.name,
                    one.version,
                    f"pkg:pypi/{one.name}@{one.version}",
                    licence=licence_of(one.name),
                    hashes=one.hashes,
                )
                for one in packages
            ),
            *(
                _component(
                    one["name"],
                    one["version"],
                    f"pkg:npm/{one['name'].replace('@', '%40')}@{one['version']}",
                    licence=one["licence"],
                    hashes=tuple(one["files"].values()),
                )
                for one in vendored
            ),
        ],
    }


def _component(
    name: str, number: str, purl: str, *, licence: str, hashes: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": number,
        "purl": purl,
        "licenses": [{"expression": licence}],
        "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
    }


if __name__ == "__main__":
    locked = read_lock(LOCK.read_text(encoding="utf-8"))
    print(json.dumps(bill_of_materials(locked), ensure_ascii=False, indent=1))
