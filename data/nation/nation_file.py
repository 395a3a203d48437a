"""The folder of a nation: ``nation.toml``, and ``cities/CODE/`` with a workspace each.

A code is the six digits of the city's division (GB/T 2260), whose first two name the province, or
any other short name. No city is listed anywhere but in the folder itself: a workspace that is put
there takes part.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.atomic import write_text
from data.questions import Question
from data.questions.refusals import first_fault
from data.settings import SETTINGS_FILE
from geo.errors import InputError, WorkspaceError
from geo.messages import say

if TYPE_CHECKING:
    from pathlib import Path

NATION_FILE: Final = "nation.toml"
CITIES: Final = "cities"
_CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{1,30}")
_ADCODE: Final = re.compile(r"[1-9][0-9]{5}")

#: The provinces by the first two digits of a division's code (GB/T 2260).
PROVINCES: Final = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
}

_TEMPLATE: Final = """\
# Yizhan: what a nation of cities has settled. Each city is a workspace below cities/.

# the name, shown above every table (text)
name = {name}

# the province of a city whose code does not say it, such as porto = "Norte" (text by code)
[provinces]

[curve]
# the largest sum that a city's curve is drawn to (yuan)
most_yuan = 3_000_000

# how many sums, nothing included (number, 2 to 200)
points = 10

# for all sums of a city together (seconds)
seconds = 60

# the proven gap that is good enough for each sum (share)
gap = 0.005

# what is asked of each city beside its money, as in a question's file: [question.actions] and
# the like; empty asks where new stations reach most workers
[question]
"""


class CurveSettings(BaseModel):
    """How the curve of each city is drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    most_yuan: Annotated[int, Field(gt=0, le=10**12)] = 3_000_000
    points: Annotated[int, Field(ge=2, le=200)] = 10
    seconds: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    gap: Annotated[float, Field(ge=0, le=1)] = 0.005


class _NationSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)]
    provinces: dict[str, str] = Field(default_factory=dict)
    curve: CurveSettings = Field(default_factory=CurveSettings)
    question: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class NationCity:
    """A city of a nation: its code, where its workspace lies, and its province ("": not known)."""

    code: str
    folder: Path
    province: str


@dataclass(frozen=True, eq=False)
class Nation:
    """A nation's folder, opened; make it by `Nation.create` or `Nation.open`."""

    folder: Path
    name: str
    curve: CurveSettings
    question: Question
    provinces: dict[str, str]

    @classmethod
    def create(cls, folder: Path, *, name: str) -> Nation:
        """Make the folder of a nation without a city.

        Raises
        ------
        WorkspaceError
            when there is one already, or the folder cannot be written.
        """
        if (folder / NATION_FILE).exists():
            raise WorkspaceError(say("{folder} is a nation already", folder=folder))
        if (folder / SETTINGS_FILE).exists():
            raise WorkspaceError(
                say("{folder} is a city's workspace: give a folder of its own", folder=folder)
            )
        quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        _read_settings(_TEMPLATE.format(name=quoted), where=NATION_FILE)
        try:
            (folder / CITIES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                say("{folder}: {what}", folder=folder, what=error.strerror or error)
            ) from None
        write_text(folder / NATION_FILE, _TEMPLATE.format(name=quoted))
        return Nation.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Nation:
        """Open a nation's folder.

        Raises
        ------
        WorkspaceError
            when it holds no ``nation.toml``.
        InputError
            when that cannot be read; the message names the key.
        """
        file = folder / NATION_FILE
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise WorkspaceError(
                say(
                    "{folder} is no nation: make one with yizhan nation init -w {folder}",
                    folder=folder,
                )
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise WorkspaceError(say("{folder}: {what}", folder=file, what=error)) from None
        settings = _read_settings(text, where=str(file))
        question = settings.question | {"money": {"yuan_by_year": [settings.curve.most_yuan]}}
        try:
            asked = Question.from_dict(question)
        except InputError as error:
            raise InputError(say("{file}: question.{what}", file=file, what=error)) from None
        if asked.years.count > 1:
            raise InputError(say("{file}: question.years.count: a curve is of one year", file=file))
        return cls(folder, settings.name, settings.curve, asked, settings.provinces)

    def cities(self) -> tuple[NationCity, ...]:
        """Return the cities that lie in the folder, by their codes.

        Raises
        ------
        InputError
            for a workspace whose folder has another name than a code.
        """
        # one whose name begins with a dot is on its way in
        found = sorted((self.folder / CITIES).glob(f"[!.]*/{SETTINGS_FILE}"))
        return tuple(self.city(file.parent.name) for file in found)

    def city(self, code: str) -> NationCity:
        """Return where a city lies or would lie.

        Raises
        ------
        InputError
            for what is no code.
        """
        if not _CODE.fullmatch(code):
            raise InputError(
                say("{code} is no code of a city: give its six digits, as 340600", code=code)
            )
        province = self.provinces.get(code, "")
        if not province and _ADCODE.fullmatch(code):
            province = PROVINCES.get(code[:2], "")
        return NationCity(code, self.folder / CITIES / code, province)


def _read_settings(text: str, *, where: str) -> _NationSettings:
    try:
        return _NationSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(say("{file}: {what}", file=where, what=error)) from None
    except ValidationError as error:
        fault = first_fault(_NationSettings, error)
        raise InputError(say("{file}: {what}", file=where, what=fault)) from None
