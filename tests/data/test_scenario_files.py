"""Claims about scenarios as files: the same bytes, and nothing hostile gets in."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from data.files.scenario_files import read_scenario, scenario_bytes, write_scenario
from data.scenarios import MOST_BYTES
from geo.errors import FileFormatError, InputError
from tests.data.test_scenarios import NOW, parts, scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def resealed(document: dict[str, Any]) -> bytes:
    """The document with the hash that fits it, as somebody clever would write it."""
    rest = {name: value for name, value in document.items() if name != "hash"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    document["hash"] = hashlib.sha256(text.encode()).hexdigest()
    return json.dumps(document).encode()


def test_a_scenario_comes_back_with_every_part(tmp_path: Path) -> None:
    made = scenario(locked_at=NOW)
    write_scenario(made, tmp_path / "a.json")
    assert parts(read_scenario(tmp_path / "a.json")) == parts(made)


def test_the_same_scenario_is_the_same_bytes_wherever_it_went(tmp_path: Path) -> None:
    first = scenario_bytes(scenario())
    turned = dict(reversed(list(scenario().decision.items())))
    assert scenario_bytes(scenario(decision=turned)) == first
    (tmp_path / "a.json").write_bytes(first)
    assert scenario_bytes(read_scenario(tmp_path / "a.json")) == first
    assert scenario_bytes(scenario("其他")) != first


def test_the_hash_is_that_of_all_the_rest() -> None:
    document = json.loads(scenario_bytes(scenario()))
    told = document["hash"]
    resealed(document)
    assert document["hash"] == told


def test_a_file_that_was_changed_by_hand_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(scenario_bytes(scenario()).replace("房东不肯".encode(), "房东肯了".encode()))
    with pytest.raises(FileFormatError, match=r"a\.json: was changed after it was written"):
        read_scenario(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(extra=1), "has the key .extra., which is not known"),
        (lambda d: d.update(autor=d.pop("author")), "the key .autor.*do you mean author"),
        (lambda d: d.pop("city"), "scenario has no city"),
        (lambda d: d.update(sample="yes"), r"scenario\.sample must be true or false"),
        (lambda d: d.update(name=7), r"scenario\.name must be text"),
        (lambda d: d.update(name="x" * 20_000), r"scenario\.name must have at most"),
        (lambda d: d.update(log={}), r"scenario\.log must be a list"),
        (lambda d: d["log"][0].update(act="sang"), r"scenario\.log\[0\]\.act must be one of"),
        (lambda d: d.update(made_at="yesterday"), "made_at must be a moment"),
        (lambda d: d.update(locked_at=3), r"scenario\.locked_at must be text"),
        (lambda d: d.update(question=[]), r"scenario\.question must be an object"),
        (lambda d: d.update(inputs={"demand": None}), r"scenario\.inputs\.demand must be text"),
        (lambda d: d.update(format="geojson"), "is no scenario"),
        (lambda d: d.update(version=2), "is of version 2 of the format"),
        (lambda d: d.update(version=True), r"scenario\.version must be a whole number"),
    ],
)
def test_a_file_with_a_wrong_part_is_refused_in_a_line_that_names_it(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    document = json.loads(scenario_bytes(scenario()))
    change(document)
    (tmp_path / "a.json").write_bytes(resealed(document))
    with pytest.raises(FileFormatError, match=words) as refused:
        read_scenario(tmp_path / "a.json")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"[]", "is no scenario"),
        (b'"yizhan-scenario"', "is no scenario"),
        (b'{"format": NaN}', "NaN is no number"),
        (b'{"format": 1, "format": 2}', "the key .format. stands twice"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b"[" * 200_000, "nested too deep|is no JSON"),
        (b"0" * (MOST_BYTES + 1), "is larger than 20 MB"),
        (b'{"version": ' + b"9" * 5000 + b"}", "is no JSON"),
    ],
)
def test_what_is_no_scenario_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(FileFormatError, match=words):
        read_scenario(tmp_path / "a.json")


def test_a_missing_file_and_another_ending_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read_scenario(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"let its name end in \.json"):
        write_scenario(scenario(), tmp_path / "a.txt")
    assert not (tmp_path / "a.txt").exists()
