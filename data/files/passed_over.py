"""What a register holds beside what is read: columns and rows that are passed over.

A clerk's list has columns that no plan needs. They are passed over by name and only by name: a
heading that is none of these may be a misspelt one that is needed, so it is refused. A heading
that the kind of file reads (面积 in a register) is read there, and passed over in the others.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from data.vocabulary import normal_word

#: What the columns are about -> their headings.
PASSED_OVER: Final = {
    "where it belongs": (
        *("省", "省份", "市", "城市", "区", "县", "区县", "县区", "所属区县", "所在区县", "行政区"),
        *("所属区域", "区域", "街道", "乡镇", "镇街", "乡镇街道", "所属街道", "所在街道"),
        *("所属乡镇", "社区", "村", "村居", "社区村", "所属社区", "邮编", "邮政编码"),
        *("province", "city", "district", "county", "street", "town", "community", "postcode"),
    ),
    "size": (
        *("面积", "营业面积", "建筑面积", "使用面积", "占地面积", "总面积", "服务面积", "楼层"),
        *("座位数", "服务人数", "服务人次", "日均服务人次", "日均服务人数", "年服务人次", "星级"),
        *("floor area", "size"),
    ),
    "who is in charge": (
        *("负责人", "负责人姓名", "负责人电话", "负责人联系方式", "联系人", "联系人姓名"),
        *("联系人电话", "责任人", "管理员", "管理人员", "站长", "主管单位", "建设单位", "所属单位"),
        *("管理单位", "运营单位", "承建单位", "产权单位", "责任单位", "主办单位"),
        *("单位", "单位名称", "填报单位", "填报人", "审核人", "所属工会"),
        *("manager", "contact person", "owner", "operator"),
    ),
    "when it came": (
        *("建成时间", "建成日期", "建成年份", "建设时间", "建设日期", "建设年份", "挂牌时间"),
        *("挂牌日期", "启用时间", "启用日期", "投用时间", "投入使用时间", "成立时间", "填报时间"),
        *("填报日期", "更新时间", "更新日期", "创建时间", "录入时间"),
        *("built", "opened", "updated", "created"),
    ),
    "pictures and links": (
        *("照片", "图片", "现场照片", "外观照片", "内景照片", "附件", "网址", "链接"),
        *("photo", "photos", "picture", "image", "url", "website"),
    ),
    "numbers of rows": ("fid", "ogc_fid", "objectid", "gid"),
}
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_JOINED = re.compile(r"[/／、|｜]+")
_TOTAL = re.compile(
    r"(?:合计|总计|小计|共计|总数|total|subtotal)[:：]?(?:[\d.,]*[个处座家站人]?)", re.IGNORECASE
)


def without_brackets(heading: str) -> str:
    """Take a unit or a hint in brackets out of a heading: 面积（㎡） is 面积."""
    return _BRACKETS.sub("", heading)


def is_passed_over(heading: str) -> bool:
    """Tell whether a column of this heading may be left out.

    A unit in brackets does not count ("面积（㎡）"), and every part of a heading such as
    "街道/乡镇/社区" must be such a word.
    """
    longest = 80
    if len(heading) > longest:
        return False
    parts = [part for part in _JOINED.split(without_brackets(heading).strip("*＊：: ")) if part]
    return bool(parts) and all(normal_word(part) in _words() for part in parts)


def is_total(row: tuple[str, ...]) -> bool:
    """Tell whether the first cell of a row that is not empty says that the row adds others up."""
    first = next((cell for cell in row if cell), "")
    return _TOTAL.fullmatch(normal_word(first)) is not None


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(normal_word(word) for words in PASSED_OVER.values() for word in words)
