from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from data.settings import (
    DEFAULT_GROUPS,
    KEYS,
    MODES,
    GroupSettings,
    ServiceStandard,
    Settings,
    default_settings,
    read_settings,
    settings_text,
    write_template,
)
from geo import profiles
from geo.errors import FileFormatError, InputError, WorkspaceError
from geo.measure import Box

BOX = Box(116.388, 33.283, 117.045, 34.250)
DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
LEAST = 'name = "市"\nbox = [116.388, 33.283, 117.045, 34.250]\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "yizhan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_modes_are_those_of_the_road_network() -> None:
    assert tuple(profiles.MODES) == MODES


def test_the_template_reads_back_as_what_it_was_written_from(tmp_path: Path) -> None:
    settings = default_settings('淮北 "市" \\ #1', BOX, sample=True)
    write_template(tmp_path / "yizhan.toml", settings)
    assert read_settings(tmp_path / "yizhan.toml") == settings


def test_changed_settings_read_back_too(tmp_path: Path) -> None:
    settings = replace(
        default_settings("市", BOX),
        national=ServiceStandard("foot", 1200.5, None),
        groups=(
            GroupSettings("courier", ServiceStandard("foot", 60.0, 99.5), frozenset({"base"})),
            replace(DEFAULT_GROUPS[4], standard=ServiceStandard("foot", 900.0)),
        ),
        snap_limit_m=123.0,
        candidate_spacing_m=750.0,
        candidate_kind="micro_station",
    )
    write_template(tmp_path / "yizhan.toml", settings)
    assert read_settings(tmp_path / "yizhan.toml") == settings


def test_each_key_of_the_template_is_explained_above_it_with_unit_and_default() -> None:
    text = settings_text(default_settings("市", BOX))
    unwrapped = re.sub(r"\n# ", " ", text)
    optional = {"groups.<group>.radius_m", "profiles.<mode>"}  # written where a city has them
    for key in KEYS:
        explained = f"{key.meaning} ({key.unit}; default: {key.default})" in unwrapped
        assert explained or key.name in optional
    assert max(len(line) for line in text.splitlines() if line.startswith("#")) <= 100


def test_name_and_box_are_enough_and_the_rest_is_default(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, LEAST)) == default_settings("市", BOX)
    assert read_settings(written(tmp_path, "\ufeff" + LEAST)).name == "市"


def test_a_group_with_its_own_time_has_a_radius_only_where_it_says_so(tmp_path: Path) -> None:
    text = LEAST + "[groups.sanitation_worker]\ncutoff_s = 600\n[groups.courier]\nradius_m = 500\n"
    cleaners, couriers = read_settings(written(tmp_path, text)).groups
    assert cleaners.standard == ServiceStandard("foot", 600.0, None)
    assert couriers.standard == ServiceStandard("ebike", 300.0, 500.0)
    assert couriers.kinds == DEFAULT_GROUPS[1].kinds


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("colour = 1", r'key "colour" is not known'),
        ("snap_limit = 5", "did you mean snap_limit_m"),
        ("[candidates]\nspacing = 5", r"did you mean candidates\.spacing_m"),
        ("[groups.corier]\ncutoff_s = 5", "did you mean courier"),
        ("[groups.courier]\ncutof_s = 5", r"did you mean groups\.<group>\.cutoff_s"),
        ("groups = 3", r"must be a table: write it as \[groups\]"),
        ("candidates = 3", "must be a table"),
        ("[groups]\ncourier = 3", "must be a table"),
        ("[groups]", "at least one group"),
        ("[groups.courier]\nkinds = []", "no station would serve it"),
        ("[groups.courier]\nkinds = ['statio']", "did you mean station"),
        ("[groups.courier]\nkinds = 'station'", "must be a list"),
        ("[groups.courier]\nmode = 'plane'", r"groups\.courier\..*none of foot, ebike, car, truck"),
        ("[groups.courier]\ncutoff_s = 0", "between 1 and 14,400 seconds"),
        ("[groups.courier]\ncutoff_s = true", "must be a number"),
        ("[groups.courier]\ncutoff_s = nan", "must be a number"),
        ("[groups.courier]\nradius_m = -1", "radius_m"),
        ("snap_limit_m = 'far'", "must be a number"),
        ("sample = 'yes'", "true or false"),
        ("metric_crs = 'EPSG:3857'", "does not measure in metres on the ground"),
        ("metric_crs = 'EPSG:4326'", "does not measure in metres on the ground"),
        ("metric_crs = '/etc/passwd'", "is not known"),
        ("metric_crs = 'EPSG:999999'", "is not known"),
        ("[candidates]\nspacing_m = 1", "between 50 and"),
        ("[candidates]\nkind = 'tent'", "is no kind"),
        ("[standards.national]\ncutoff_s = 'x'", r"standards\.national\.cutoff_s"),
        ("[standards.local]\ncutoff_s = 1", "is not known"),
    ],
)
def test_what_cannot_be_is_refused_with_file_key_and_cure(
    tmp_path: Path, more: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_settings(written(tmp_path, f"{LEAST}{more}\n"))
    assert "yizhan.toml: " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "name = '市'", "name = '市'\nbox = 3", "name = 1\nbox = [1, 2, 3, 4]", "box = [1,2,3,4]"],
)
def test_without_name_or_box_there_is_no_city(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"name|box"):
        read_settings(written(tmp_path, text))


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"is not TOML: .*line 1"):
        read_settings(written(tmp_path, "name = = 3"))
    with pytest.raises(FileFormatError, match="is not TOML"):
        read_settings(written(tmp_path, "x = " + "[" * 100_000))
    path = written(tmp_path, "")
    path.write_bytes("name = '淮北'".encode("gb18030"))
    with pytest.raises(FileFormatError, match="save it as UTF-8"):
        read_settings(path)
    with pytest.raises(WorkspaceError, match="cannot be read"):
        read_settings(tmp_path)


def test_the_page_of_settings_has_a_row_for_every_key_and_no_other() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for key in KEYS:
        assert f"| `{key.name}` | {key.unit} | {key.default} | {key.meaning} |" in text
    rows = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert rows == [key.name for key in KEYS]


def test_the_page_of_settings_has_the_default_of_every_group() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for group in DEFAULT_GROUPS:
        standard = group.standard
        radius = f"{standard.radius_m:.0f} m" if standard.radius_m else "none"
        start = f"| {group.id} | {standard.mode} | {standard.cutoff_s:.0f} s | {radius} | "
        row = next(line for line in text.splitlines() if line.startswith(start))
        kinds = row.removeprefix(start).removesuffix(" |").split(", ")
        assert set(kinds) == set(group.kinds)


def test_a_city_is_known_by_its_groups() -> None:
    settings: Settings = default_settings("市", BOX)
    assert settings.group("courier").standard.mode == "ebike"
    assert settings.group_ids[0] == "truck_driver"
    with pytest.raises(KeyError):
        settings.group("nobody")
    with pytest.raises(InputError, match="each once"):
        replace(settings, groups=(DEFAULT_GROUPS[0], DEFAULT_GROUPS[0]))


def test_changed_profiles_are_read_and_written_back(tmp_path: Path) -> None:
    path = tmp_path / "yizhan.toml"
    write_template(path, default_settings("示例", BOX))
    changes = """
[profiles.ebike]
signal_s = 12
speed_kph = { residential = 12, footway = false }
"""
    path.write_text(path.read_text(encoding="utf-8") + changes, encoding="utf-8")
    settings = read_settings(path)
    assert settings.profiles["ebike"].signal_s == 12
    assert settings.profiles["ebike"].speed_kph["residential"] == 12
    assert "footway" not in settings.profiles["ebike"].speed_kph
    assert (
        settings.profiles["foot"].signal_s == default_settings("x", BOX).profiles["foot"].signal_s
    )
    write_template(path, settings)
    assert read_settings(path).profiles == settings.profiles


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[profiles.bike]\nsignal_s = 1", ["profiles", "bike"]),
        ("[profiles.ebike]\nsignals = 1", ["signals", "signal_s"]),
        ("[profiles.ebike]\nspeed_kph = { residental = 5 }", ["residental", "residential"]),
        ('[profiles.ebike]\nsignal_s = "long"', ["signal_s", "long"]),
    ],
)
def test_a_profile_that_cannot_be_is_refused(table: str, words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "yizhan.toml"
    write_template(path, default_settings("示例", BOX))
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{table}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_settings(path)
    assert all(word in str(refused.value) for word in words)
