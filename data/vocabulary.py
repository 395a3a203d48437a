"""The words of the field: groups, kinds, facilities, access, status, each in Chinese and English.

Identifiers are what files, the database and code carry; the other words are how people write them.
`find_term` reads any of them, and `docs/glossary.md` prints them all (a test keeps it in step).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Each group's own service standard, or the nation's for all.
StandardWord = Literal["group", "national"]
#: What becomes of ground that two zones share.
OVERLAPS: Final = ("refuse", "share", "first")
#: Every group, or every district.
ALL: Final = "all"
SAMPLE_NOTICE: Final = "示意数据 / generated sample, not the real register"

_JOINTS = re.compile(r"[\s_\-·•.]+")
_EVERYONE = re.compile(
    r"(?:(?:全部|全体|所有|不限|各类|广大)(?:户外)?(?:劳动者|工作者|职工)?(?:群体|人群|人员)?"
    r"|户外(?:劳动者|工作者|职工)(?:群体|人群|人员)?|户外(?:作业)?(?:人员|人群|群体)"
    r"|(?:all|any)(?:outdoor)?(?:workers|groups)?|outdoorworkers|everyone|everybody)"
)
_SEPARATORS = re.compile(r"[、,，;；|｜/／\n\r\t]+")


@dataclass(frozen=True)
class Term:
    """One word of the field.

    ``id`` is what is stored, ``zh`` and ``en`` what is shown, ``words`` further spellings that are
    read but never written.
    """

    id: str
    zh: str
    en: str
    words: tuple[str, ...] = ()

    def spellings(self) -> tuple[str, ...]:
        """Every spelling that is read as this term, the identifier first."""
        return (self.id, self.zh, self.en, *self.words)


GROUPS: Final = (
    Term(
        "truck_driver",
        "货车司机",
        "truck driver",
        ("卡车司机", "货运司机", "货车驾驶员", "trucker"),
    ),
    Term("courier", "快递员", "courier", ("快递小哥", "快递", "快递从业人员")),
    Term(
        "delivery_rider",
        "外卖配送员",
        "delivery rider",
        ("骑手", "外卖骑手", "外卖员", "外卖小哥", "网约配送员", "rider"),
    ),
    Term(
        "ride_hailing_driver",
        "网约车司机",
        "ride-hailing driver",
        ("网约车", "网约车驾驶员", "ride hailing driver"),
    ),
    Term(
        "sanitation_worker",
        "环卫工人",
        "sanitation worker",
        ("环卫", "环卫工", "环卫人员", "清洁工", "street cleaner", "cleaner"),
    ),
)

KINDS: Final = (
    Term(
        "service_centre",
        "综合服务中心",
        "service centre",
        ("服务中心", "工会服务中心", "service center", "centre", "center"),
    ),
    Term("base", "区域服务基地", "regional service base", ("服务基地", "基地", "service base")),
    Term("driver_home", "司机之家", "driver home", ("货车司机之家", "卡车司机之家")),
    Term("rider_home", "骑手之家", "rider home", ("外卖骑手之家", "外卖小哥之家")),
    Term("courier_home", "快递员之家", "courier home", ("快递小哥之家", "快递之家")),
    Term(
        "station",
        "户外劳动者服务驿站",
        "service station",
        (
            "驿站",
            "服务驿站",
            "户外驿站",
            "标准站",
            "标准驿站",
            "户外劳动者驿站",
            "户外劳动者服务站",
            "户外劳动者服务站点",
            "工会驿站",
            "爱心驿站",
            "暖心驿站",
            "劳动者港湾",
        ),
    ),
    Term("micro_station", "微型驿站", "micro station", ("微驿站", "微站", "小微驿站")),
    Term("mobile_station", "移动驿站", "mobile station", ("流动驿站", "流动服务站")),
)

ORGANISATION_KINDS: Final = (
    Term(
        "union",
        "工会",
        "union",
        ("基层工会", "行业工会", "企业工会", "工会小组", "union branch", "trade union"),
    ),
    Term(
        "federation",
        "工会联合会",
        "federation",
        ("联合会", "总工会", "行业工会联合会", "区域工会联合会", "union federation"),
    ),
    Term("firm", "企业", "firm", ("公司", "单位", "平台企业", "用人单位", "company", "employer")),
    Term(
        "authority",
        "主管部门",
        "authority",
        ("行政部门", "交通运输局", "邮政管理局", "卫生健康委员会", "public authority"),
    ),
)

FACILITIES: Final = (
    Term(
        "drinking_water",
        "饮水",
        "drinking water",
        ("饮用水", "饮水机", "饮水设备", "喝水", "水", "water"),
    ),
    Term("hot_water", "热水", "hot water", ("开水",)),
    Term("microwave", "微波炉", "microwave", ("热饭", "加热饭菜", "加热设备", "microwave oven")),
    Term("fridge", "冰箱", "fridge", ("冷藏", "refrigerator")),
    Term(
        "seats",
        "桌椅",
        "table and chairs",
        ("座椅", "休息座椅", "座位", "休息", "chairs", "seating"),
    ),
    Term("heating", "取暖", "heating", ("暖气", "供暖")),
    Term("cooling", "空调", "cooling", ("纳凉", "降温", "冷气", "air conditioning")),
    Term(
        "phone_charging",
        "手机充电",
        "phone charging",
        ("充电", "充电设备", "手机充电器", "手机充电设备", "charging"),
    ),
    Term("ebike_charging", "电动车充电", "e-bike charging", ("电瓶车充电", "ebike charging")),
    Term("battery_swap", "换电", "battery swap", ("换电柜", "电池更换")),
    Term("toilet", "卫生间", "toilet", ("厕所", "公厕", "洗手间", "wc", "restroom")),
    Term("wifi", "无线网络", "Wi-Fi", ("无线", "免费wifi", "wlan")),
    Term(
        "first_aid",
        "急救箱",
        "first-aid box",
        ("医药箱", "药箱", "应急药箱", "急救药箱", "first aid"),
    ),
    Term("aed", "自动体外除颤器", "AED", ("除颤仪", "除颤器")),
    Term("rain_gear", "雨具", "rain gear", ("雨伞", "雨衣", "umbrella")),
    Term("repair_tools", "维修工具", "repair tools", ("工具箱", "打气筒", "修车工具", "tools")),
    Term("books", "图书", "books", ("书籍", "书报", "阅读", "图书角")),
    Term("nursing_room", "母婴室", "nursing room", ("哺乳室", "母婴")),
    Term("shower", "淋浴", "shower", ("洗澡", "淋浴间", "浴室")),
    Term("laundry", "洗衣", "laundry", ("洗衣机", "洗衣房")),
    Term("truck_parking", "货车停车位", "truck parking", ("货车停车", "停车位", "停车场", "停车")),
    Term("meals", "餐食", "meals", ("用餐", "食堂", "餐饮", "就餐", "food")),
    Term("legal_help", "法律援助", "legal help", ("法律咨询", "法律服务", "legal aid")),
)

ACCESS_MODES: Final = (
    Term("free_door", "自由进出", "free door", ("免费开放", "开放式", "open door")),
    Term("staffed_counter", "有人值守", "staffed counter", ("值守", "前台", "staffed")),
    Term("qr_code", "扫码进入", "QR code", ("扫码", "二维码", "qr")),
    Term("member_app", "会员应用", "member app", ("工会app", "app", "会员")),
    Term("face", "人脸识别", "face recognition", ("刷脸", "人脸")),
    Term("key", "钥匙", "key", ("门锁", "密码锁")),
)

HOST_TYPES: Final = (
    Term("bank", "银行", "bank", ("银行网点", "网点")),
    Term("fuel_station", "加油站", "fuel station", ("加气站", "加油加气站", "petrol station")),
    Term(
        "community",
        "社区",
        "community",
        ("社区服务中心", "党群服务中心", "党群中心", "居委会", "村委会", "community centre"),
    ),
    Term("post_office", "邮政网点", "post office", ("邮局", "邮政", "邮政局", "邮政所")),
    Term(
        "sanitation_depot",
        "环卫站",
        "sanitation depot",
        ("环卫所", "环卫工休息室", "环卫驿站", "垃圾中转站", "公厕管理房"),
    ),
    Term(
        "authority_counter",
        "政务服务大厅",
        "authority counter",
        ("政务大厅", "办事大厅", "行政服务中心", "政务服务中心", "服务大厅"),
    ),
    Term("union", "工会场所", "union premises", ("工会", "工人文化宫", "职工服务中心")),
    Term("firm", "企业", "firm", ("公司", "企业单位", "厂区", "园区企业", "company")),
    Term(
        "logistics_park",
        "物流园区",
        "logistics park",
        ("物流园", "货运站", "货运站场", "产业园", "工业园", "园区", "industrial park"),
    ),
    Term("parcel_depot", "快递网点", "parcel depot", ("快递站点", "快递营业部", "分拨中心")),
    Term(
        "shop",
        "商铺",
        "shop",
        ("商店", "超市", "便利店", "药店", "餐馆", "饭店", "商场", "supermarket"),
    ),
    Term("hospital", "医疗机构", "medical facility", ("医院", "卫生院", "诊所", "卫生服务中心")),
    Term("school", "学校", "school", ("院校", "幼儿园")),
    Term("park", "公园广场", "park or square", ("公园", "广场", "绿地", "景区")),
    Term("transport_hub", "交通枢纽", "transport hub", ("车站", "服务区", "高速服务区", "公交站")),
    Term("own_building", "独立站房", "building of its own", ("独立建筑", "岗亭", "移动站房")),
    Term("other", "其他", "other", ("其它",)),
)

OPERATOR_KINDS: Final = (
    Term("union", "工会", "union", ("总工会", "工会组织", "街道工会", "trade union")),
    Term("firm", "企业", "firm", ("公司", "平台企业", "企业单位", "银行", "company")),
    Term(
        "authority",
        "政府部门",
        "authority",
        ("政府", "机关", "行政部门", "事业单位", "街道办", "社区", "government"),
    ),
)

FACILITY_STATES: Final = (
    Term(
        "yes",
        "有",
        "yes",
        ("是", "√", "✓", "✔", "y", "true", "有且可用", "完好", "可用", "正常", "具备", "提供"),
    ),
    Term("no", "无", "no", ("否", "没有", "×", "✗", "✘", "x", "n", "false", "不具备", "未配备")),
    Term(
        "broken",
        "坏",
        "broken",
        (
            "损坏",
            "坏了",
            "故障",
            "已坏",
            "不能用",
            "不可用",
            "待修",
            "维修中",
            "停用",
            "out of order",
        ),
    ),
    Term("unknown", "未知", "unknown", ("不详", "不清楚", "待核实", "?", "/", "—")),
)

YES_NO: Final = (
    Term("yes", "是", "yes", ("有", "√", "✓", "✔", "y", "true", "已挂", "已挂牌", "1")),
    Term("no", "否", "no", ("无", "没有", "×", "✗", "✘", "x", "n", "false", "未挂", "未挂牌", "0")),
)

STATUSES: Final = (
    Term("open", "开放", "open", ("正常", "启用", "在用", "运营", "运营中", "正常开放", "营业")),
    Term("planned", "规划中", "planned", ("规划", "拟建", "筹建", "在建", "建设中")),
    Term("suspended", "暂停", "suspended", ("暂停开放", "停用", "维修", "暂停使用", "整修")),
    Term("closed", "关闭", "closed", ("撤销", "已关闭", "关停", "取消")),
)

#: What a plan does at a place.
ACTIONS: Final = (
    Term("build", "新建", "build"),
    Term("upgrade", "升级", "upgrade"),
    Term("extend", "延长开放", "longer hours"),
    Term("close", "关闭", "close"),
    Term("relocate", "迁址", "move"),
    Term("keep", "保留", "keep"),
)

#: Of accounts, the one that an account has by itself first; `data.permissions` says what each may.
ROLES: Final = (
    Term("administrator", "管理员", "administrator"),
    Term("register_keeper", "登记册维护员", "register keeper"),
    Term("moderator", "审核员", "moderator"),
    Term("operator", "运营方", "operator"),
    Term("planner", "规划员", "planner"),
    Term("viewer", "查看者", "viewer"),
)

GROUPS_BY_ID: Final = {term.id: term for term in GROUPS}
KINDS_BY_ID: Final = {term.id: term for term in KINDS}
FACILITIES_BY_ID: Final = {term.id: term for term in FACILITIES}
#: What every standard station has (全总 双15工程, 2023).
BASIC_EQUIPMENT: Final = ("drinking_water", "microwave", "seats", "phone_charging", "first_aid")
HOST_TYPES_BY_ID: Final = {term.id: term for term in HOST_TYPES}
OPERATOR_KINDS_BY_ID: Final = {term.id: term for term in OPERATOR_KINDS}
ORGANISATION_KINDS_BY_ID: Final = {term.id: term for term in ORGANISATION_KINDS}
ACCESS_MODES_BY_ID: Final = {term.id: term for term in ACCESS_MODES}
ACTIONS_BY_ID: Final = {term.id: term for term in ACTIONS}
ROLES_BY_ID: Final = {term.id: term for term in ROLES}
STATUSES_BY_ID: Final = {term.id: term for term in STATUSES}


def normal_word(word: str) -> str:
    """Fold a word for comparison: full width to half, lower case, no spaces, hyphens or dots."""
    return _JOINTS.sub("", unicodedata.normalize("NFKC", word).casefold())


def find_term(word: str, terms: tuple[Term, ...]) -> Term | None:
    """Read one Chinese or English word; None when no term of ``terms`` is written so."""
    return _index(terms).get(normal_word(word))


def split_words(text: str, terms: tuple[Term, ...]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Read a list of words such as "饮水、微波炉 手机充电" or "drinking water; toilet".

    The separators are 、 , ; | / a line end and, where a part is no word as it stands, spaces (the
    longest run of words that is known is taken, so that "hot water toilet" is two).

    Returns
    -------
    The terms in the order written, each once, and the words that are none.
    """
    found: dict[str, Term] = {}
    unknown: list[str] = []
    for part in _SEPARATORS.split(text):
        known, rest = _spaced_words(part.split(), terms)
        found.update((term.id, term) for term in known)
        unknown.extend(rest)
    return tuple(found.values()), tuple(unknown)


def names_everyone(text: str) -> bool:
    """Tell whether a cell of groups says all outdoor workers and no group by name.

    全部, 全体, 所有, 不限, 户外劳动者, 全体户外劳动者群体, "all workers" … Such a cell means what
    an empty one does: those whom the kind serves. Registers have it in every row, and read as every
    group it would have lorries stop at each kiosk.
    """
    return _EVERYONE.fullmatch(normal_word(text)) is not None


def list_terms(terms: tuple[Term, ...]) -> str:
    """List terms for an advice, identifier and Chinese word: "station 驿站, base 区域服务基地"."""
    return ", ".join(f"{term.id} {term.zh}" for term in terms)


def nearest_word(word: str, words: Iterable[str]) -> str | None:
    """Return the spelling in ``words`` that looks most like ``word``; None if none is alike.

    Half the signs in common is not alike: 建成时间 is no slip of 服务时间, nor 电视 of 换电. A
    letter says less than a Chinese sign, so of words in letters more must agree.
    """
    spellings = {normal_word(known): known for known in words}
    written = normal_word(word)[:64]
    cutoff = 0.7 if written.isascii() else 0.6
    matches = difflib.get_close_matches(written, spellings, n=1, cutoff=cutoff)
    return spellings[matches[0]] if matches else None


def unknown_word(word: str, terms: tuple[Term, ...], *, what: str) -> str:
    """Say in one clause that ``word`` is no ``what``, with the nearest term or the list of all."""
    near = nearest_word(word, (spelling for term in terms for spelling in term.spellings()))
    term = find_term(near, terms) if near is not None else None
    if term is not None:
        cure = say("did you mean {term} ({zh})?", term=term.id, zh=term.zh)
    else:
        cure = say("use one of {known}", known=list_terms(terms))
    return say("{word} is no {what}: {cure}", word=quote(word), what=what, cure=cure)


def quote(text: str) -> str:
    """Quote what a person wrote, for a message of one line: cut off, no control characters."""
    longest = 40
    clean = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return f'"{clean[:longest]}…"' if len(clean) > longest else f'"{clean}"'


@lru_cache(maxsize=32)
def _index(terms: tuple[Term, ...]) -> dict[str, Term]:
    """Spelling -> term."""
    return {normal_word(spelling): term for term in terms for spelling in term.spellings()}


def _spaced_words(
    pieces: list[str], terms: tuple[Term, ...]
) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Take the longest known run of ``pieces`` again and again from the left."""
    longest_run = 4
    found: list[Term] = []
    unknown: list[str] = []
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + longest_run), at, -1):
            term = find_term(" ".join(pieces[at:end]), terms)
            if term is not None:
                found.append(term)
                at = end
                break
        else:
            unknown.append(pieces[at])
            at += 1
    return tuple(found), tuple(unknown)
