from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.demand_settings import DemandSettings, GroupDensity
from data.group_defaults import GROUP_DEFAULTS
from data.settings import (
    DEFAULT_GROUPS,
    MODES,
    GroupSettings,
    ServiceStandard,
    Settings,
    default_settings,
    read_settings,
)
from data.settings_keys import KEYS
from data.settings_text import settings_text, settle_identity, write_template
from geo import profiles
from geo.errors import FileFormatError, InputError, WorkspaceError
from geo.measure import Box

BOX = Box(116.388, 33.283, 117.045, 34.250)
DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
IDENTITY = "0a1b2c3d-0000-4000-8000-123456789abc"
LEAST = 'name = "市"\nbox = [116.388, 33.283, 117.045, 34.250]\n'


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "yizhan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_modes_are_those_of_the_road_network() -> None:
    assert tuple(profiles.MODES) == MODES


def test_the_template_reads_back_as_what_it_was_written_from(tmp_path: Path) -> None:
    settings = default_settings('淮北 "市" \\ #1', BOX, sample=True)
    settings = replace(settings, identity=IDENTITY)
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
    text = settings_text(replace(default_settings("市", BOX), identity=IDENTITY))
    unwrapped = re.sub(r"\n# ", " ", text)
    optional = {"groups.<group>.radius_m", "profiles.<mode>"}  # written where a city has them
    for key in KEYS:
        explained = f"{key.meaning} ({key.unit}; default: {key.default})" in unwrapped
        assert explained or key.name in optional, key.name
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


def test_what_a_group_needs_and_how_it_gets_in_reads_back_as_written(tmp_path: Path) -> None:
    text = LEAST + "[groups.courier]\nneeds = ['toilet']\naccess = ['free_door', 'qr_code']\n"
    settings = read_settings(written(tmp_path, text))
    (couriers,) = settings.groups
    assert couriers.needs == {"toilet"}
    assert couriers.access == {"free_door", "qr_code"}
    again = tmp_path / "again.toml"
    write_template(again, settings)
    assert read_settings(again).groups == settings.groups


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("colour = 1", r'key "colour" is not known'),
        ("identity = 'huaibei'", r'identity "huaibei" is none: write the UUID'),
        ("identity = ''", "identity must be text"),
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
        ("[groups.courier]\nneeds = ['toilett']", "did you mean toilet"),
        ("[groups.courier]\naccess = []", "no station would serve it"),
        ("[groups.courier]\naccess = ['window']", "is no way in"),
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


def test_the_page_of_settings_has_what_draws_each_group_and_why() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for group, default in GROUP_DEFAULTS.items():
        weights = ", ".join(f"{name} {share:g}" for name, share in default.weights.items())
        assert f"| {group} | `weights` | {weights} | {default.reasons['weights']} |" in text
        bandwidth = f"{default.bandwidth_m:g} m | {default.reasons['bandwidth_m']}"
        assert f"| {group} | `bandwidth_m` | {bandwidth} |" in text
        presence = f"{default.presence:g} | {default.reasons['presence']}"
        assert f"| {group} | `presence` | {presence} |" in text
        assert f"| {group} | {default.reasons['weekday']} | {default.reasons['weekend']} |" in text


def test_every_default_of_a_group_is_written_with_its_reason() -> None:
    unwrapped = re.sub(r"\n# ", " ", settings_text(default_settings("市", BOX)))
    for default in GROUP_DEFAULTS.values():
        assert all(f"why: {reason}\n" in unwrapped for reason in default.reasons.values())


def test_how_workers_are_spread_reads_back_and_leaves_the_hash_of_a_plan(tmp_path: Path) -> None:
    settings = default_settings("市", BOX)
    courier = GroupDensity(
        "courier",
        {"own:小店-1": 0.25, "roads": 0.75},
        1234.5,
        roads={"trunk": 0.5},
        over="straight",
        eps=0.0,
        presence=1 / 3,
        weekday=(0.1,) * 24,
    )
    groups = tuple(courier if of.id == "courier" else of for of in settings.demand.groups)
    demand = DemandSettings(cell_m=500.0, draws=50, seed=7, concentration=5.5, groups=groups)
    changed = replace(settings, demand=demand)
    write_template(tmp_path / "yizhan.toml", changed)
    assert read_settings(tmp_path / "yizhan.toml") == changed
    assert changed.content_hash == settings.content_hash
    text = (tmp_path / "yizhan.toml").read_text(encoding="utf-8")
    assert "half at the doors" not in text  # a reason stands beside the default only


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("[demand]\ncell_m = 10", r"demand\.cell_m 10 must lie between 50 and 5,000"),
        ("[demand]\ncell = 10", r"did you mean demand\.cell_m"),
        ("[demand]\nshape = 'round'", "write square or h3"),
        ("[demand]\ndraws = 2.5", "must be a whole number"),
        ("[demand]\nseed = 'x'", "must be a number"),
        ("demand = 3", r"must be a table: write it as \[demand\]"),
        ("[demand.corier]\neps = 0.1", "did you mean courier"),
        ("[demand.courier]\nepsilon = 0.1", r"did you mean demand\.<group>\.eps"),
        ("[demand.courier]\neps = -1", r"demand\.courier\.eps -1 must lie between 0 and 1"),
        ("[demand.courier]\nover = 'air'", "write network or straight"),
        (
            "[demand.courier]\nweights = { population = 0.5, shops = 0.4 }",
            r"weights add up to 0\.9, not 1: scaled they are \{ population = 0\.556, shops = 0\.4",
        ),
        ("[demand.courier]\nweights = { population = 0 }", "give one at least a share"),
        ("[demand.courier]\nweights = { popultion = 1 }", "did you mean population"),
        ("[demand.courier]\nweights = { 'own:' = 1 }", "is no layer"),
        ("[demand.courier]\nweights = {}", "weights is empty"),
        ("[demand.courier]\nweights = 3", "must be a table"),
        ("[demand.courier]\nweights = { shops = 2, population = -1 }", "shops 2 must lie between"),
        ("[demand.courier]\nweights = { roads = 1 }", r"write roads = \{ trunk = 1 \}"),
        ("[demand.courier]\nroads = { truck = 1 }", "did you mean trunk"),
        ("[demand.courier]\nweekday = [1, 1]", "weekday has 2 values: a day has 24 hours"),
        (f"[demand.courier]\nweekday = {[1] * 25}", "weekday has 25 values"),
        (f"[demand.courier]\nweekend = {[0] * 24}", "nobody wants a rest at any hour"),
        (f"[demand.courier]\nweekend = {[2] * 24}", "weekend, hour 0: 2 must lie between 0 and 1"),
        ("[demand.courier]\nweekend = 1", "must be a list of 24 shares"),
    ],
)
def test_a_spread_that_cannot_be_is_refused_with_its_cure(
    tmp_path: Path, more: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_settings(written(tmp_path, f"{LEAST}{more}\n"))
    assert "yizhan.toml: " in str(caught.value)
    assert "\n" not in str(caught.value)


BUS = ServiceStandard("foot", 600.0, 700.0)


@pytest.mark.parametrize(
    "change",
    [
        {"box": Box(116.4, 33.3, 117.0, 34.2)},
        {"metric_crs": "EPSG:32651"},
        {"national": BUS},
        {"groups": DEFAULT_GROUPS[:4]},
        {"groups": (replace(DEFAULT_GROUPS[0], standard=BUS), *DEFAULT_GROUPS[1:])},
        {"groups": (replace(DEFAULT_GROUPS[0], needs=frozenset({"toilet"})), *DEFAULT_GROUPS[1:])},
        {"groups": (replace(DEFAULT_GROUPS[0], access=frozenset({"key"})), *DEFAULT_GROUPS[1:])},
        {"groups": (replace(DEFAULT_GROUPS[0], kinds=frozenset({"base"})), *DEFAULT_GROUPS[1:])},
        {"snap_limit_m": 400.0},
        {"candidate_spacing_m": 400.0},
        {"candidate_kind": "base"},
        {"profile_changes": {"ebike": {"signal_s": 12.0}}},
    ],
)
def test_whatever_a_plan_depends_on_changes_the_hash(change: dict[str, Any]) -> None:
    settings = default_settings("市", BOX)
    assert replace(settings, **change).content_hash != settings.content_hash


@pytest.mark.parametrize(
    "change",
    [{"name": "县"}, {"sample": True}, {"public_address": "https://example.org"}],
)
def test_what_no_figure_depends_on_leaves_the_hash(change: dict[str, Any]) -> None:
    settings = default_settings("市", BOX)
    assert replace(settings, **change).content_hash == settings.content_hash


def test_the_hash_outlives_being_written_and_read(tmp_path: Path) -> None:
    settings = replace(
        default_settings("市", BOX), profile_changes={"ebike": {"speed_kph": {"footway": False}}}
    )
    write_template(tmp_path / "yizhan.toml", settings)
    assert read_settings(tmp_path / "yizhan.toml").content_hash == settings.content_hash


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", LEAST + "[groups.courier]\ncutoff_s = 60\n"),
        ("", "# what it is called\n" + LEAST),
        ("# 淮北\n\n", "# a\n\t# b\n" + LEAST),
        ("# only\n\n \n", "candidates.spacing_m = 600\n" + LEAST),
    ],
)
def test_an_identity_is_written_into_settings_of_which_all_else_stays(
    tmp_path: Path, above: str, below: str, mark: str, end: str
) -> None:
    above, below = above.replace("\n", end), below.replace("\n", end)
    path = tmp_path / "yizhan.toml"
    path.write_bytes((mark + above + below).encode())
    path.chmod(0o600)
    before = read_settings(path)
    assert settle_identity(path, "") == ""
    assert path.read_bytes() == (mark + above + below).encode()
    assert settle_identity(path, IDENTITY) == IDENTITY
    text = path.read_bytes().decode()
    assert text.startswith(mark + above)
    assert text.endswith(below)
    entry = text.removeprefix(mark + above).removesuffix(below)
    assert f'identity = "{IDENTITY}"{end}' in entry
    assert entry.count("\n") == entry.count(end) == 4
    assert read_settings(path) == replace(before, identity=IDENTITY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert settle_identity(path, IDENTITY.replace("0a", "ff")) == IDENTITY
    assert path.read_bytes().decode() == text
