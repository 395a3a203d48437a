"""The form of one station: what is known and who said it, checked before it is saved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import g, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from data.china_time import today_here
from data.database.conflicts import PLACE
from data.database.organisation_links import LINKS
from data.database.photos import LONGEST_CAPTION
from data.hours import WorkCalendar, parse_hours
from data.vocabulary import (
    ACCESS_MODES,
    FACILITIES,
    HOST_TYPES,
    KINDS,
    OPERATOR_KINDS,
    STATUSES,
)
from geo.datum import Datum
from geo.errors import InputError
from geo.messages import message_of, say
from web.admin.photos import small_size
from web.admin.register.limits import refuse_beyond
from web.admin.register.words import (
    FACILITY_STATES,
    SOURCES,
    YES_NO,
    column_words,
    names_of,
    source_words,
    value_words,
)
from web.admin.routes import account_here, admin, here, is_allowed
from web.labels.coming_changes import change_words
from web.labels.hours import opening_words
from web.languages import message
from web.locator.my_reports import map_settings
from web.locator.week import week_of
from web.maps.base_tiles import HOSTS
from web.services.organisations import organisation_names
from web.services.register_edits import (
    LISTS,
    TEXTS,
    changes_of,
    check_form,
    edits_of,
    record_of_facts,
)
from web.site.city import city_here
from web.stations.hours import hours_properties

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from data.database.edits import Clash
    from data.database.organisation_links import OrganisationNames
    from web.languages import Language
    from web.services.register_edits import Draft

_DONE: Final = {
    "saved": message("已保存。"),
    "noted": message("已记入历史；其中有的资料有更晚的记录，以更晚的为准。"),
    "added": message("已新建，手机上马上能看到。"),
    "undone": message("已撤销。"),
    "partly": message("已撤销；之后又有人改过的保持不变。"),
    "same": message("没有改动。"),
    "ahead": message("已记下，到那天手机和覆盖自动按它算。"),
    "withdrawn": message("已取消这项变化。"),
    "photo": message("照片已存下。"),
    "photo_changed": message("照片的说明已保存。"),
    "photo_removed": message("照片已撤下，可以放回。"),
    "photo_restored": message("照片已放回。"),
}
_SOURCES: Final = ("register", "inspector", "operator")
_PREVIEW_DAYS: Final = 14
_LONGEST_HOURS: Final = 500
_MOST_OFFERED: Final = 500
_DAY_WORDS: Final = {
    "holiday": message("法定节假日"),
    "makeup": message("调休上班"),
    "weekend": message("周末"),
    "workday": message("工作日"),
}
Shown = str | tuple[str, int]


@admin.get("/register/s/<path:station_id>")
def station_form(station_id: str) -> str:
    """Show all that is known of a station, to be changed."""
    version, facts = _known(station_id)
    return _form_page(station_id, version, _values_of(facts))


@admin.post("/register/s/<path:station_id>")
def save_station(station_id: str) -> BaseResponse | Shown:
    """Save what was changed, or show what speaks against it."""
    try:
        known = edits_of(city_here().workspace()).newest_of(station_id)
    except InputError:  # it was in the register, and was taken out
        return _gone_page(station_id)
    if known is None or not is_allowed(station_id):
        raise NotFound
    return _save(station_id, *known)


def _save(station_id: str, newest: int, now: Mapping[str, Any]) -> BaseResponse | Shown:
    since = _number(request.form.get("version", ""))
    edits = edits_of(city_here().workspace())
    values = _values_of_form()
    if request.form.get("act") == "preview":
        return _form_page(station_id, since, values)
    try:
        base = edits.at(station_id, since)
        draft = _draft(values, station_id, is_new=False)
        if draft.errors or (draft.doubts and request.form.get("sure") != "yes"):
            return _form_page(station_id, since, values, draft=draft), 422
        said = _decided(changes_of(base, draft.facts))
        if not said:
            return redirect(here("admin.station_form", station_id=station_id, done="same"), 303)
        refuse_beyond(said)
        saved = edits.save(station_id, said, since=since, **_who())
    except InputError as error:
        return _form_page(station_id, since, values, error=_told(error)), 400
    if saved.clashes:
        merged = _values_of({**now, **said})
        return _form_page(station_id, newest, merged, clashes=saved.clashes), 409
    done = "noted" if saved.noted else "saved"
    return redirect(here("admin.station_form", station_id=station_id, done=done), 303)


@admin.get("/register/new")
def new_station() -> str:
    """Show the form of a station that is to be added."""
    blank = {"status": "open", "kind": "station", "datum": "wgs84"}
    return _form_page("", 0, _values_of(blank))


@admin.post("/register/new")
def add_station() -> BaseResponse | Shown:
    """Add a station, or show what speaks against it."""
    values = _values_of_form()
    wanted = request.form.get("id", "").strip()[:80]
    if request.form.get("act") == "preview":
        return _form_page("", 0, values)
    try:
        draft = _draft(values, wanted, is_new=True)
        if draft.errors or (draft.doubts and request.form.get("sure") != "yes"):
            return _form_page("", 0, values, draft=draft), 422
        refuse_beyond(draft.facts)
        who = _who()
        checked = (who["observed_at"] or today_here()).isoformat() if who.pop("checks") else ""
        record = {**record_of_facts(draft.facts), "checked_at": checked}
        edits_of(city_here().workspace()).add(record, **who)
    except InputError as error:
        return _form_page("", 0, values, error=_told(error)), 400
    return redirect(here("admin.station_form", station_id=record["id"], done="added"), 303)


@admin.get("/register/hours")
def hours_preview() -> str:
    """Answer how a text of hours is understood, and the days to come under it."""
    text = request.args.get("text", "")[:_LONGEST_HOURS]
    return render_template("admin_register_hours.html", preview=preview_of(text, g.language))


def preview_of(text: str, t: Language) -> dict[str, Any]:
    """Return how hours are read: in words, and the coming 14 days with their holidays."""
    hours, first = parse_hours(text), today_here()
    calendar = WorkCalendar.china()
    rows = week_of(hours_properties(text, first=first), first, t, days=_PREVIEW_DAYS)
    kinds = [
        calendar.day_kind(date.fromordinal(first.toordinal() + number))
        for number in range(len(rows))
    ]
    return {
        "text": text,
        "known": hours.known,
        "says": opening_words(hours, t),
        "days": [
            {**row, "kind": kind, "kind_words": t(_DAY_WORDS[kind])}
            for row, kind in zip(rows, kinds, strict=True)
        ],
    }


def _gone_page(station_id: str) -> tuple[str, int]:
    """Show what was written of a station that was taken out meanwhile, as that of a new one."""
    values = _values_of_form()
    values["texts"]["id"] = station_id[:80]
    said = say(
        "station {station} was taken out of the register meanwhile: what you wrote stands here, "
        "and saving it adds the station anew",
        station=station_id[:80],
    )
    return _form_page("", 0, values, error=g.language.told(said)), 409


def _known(station_id: str) -> tuple[int, dict[str, Any]]:
    """Return the newest version of a station and what is known then; refuses one not seen."""
    if not is_allowed(station_id):
        raise NotFound
    try:
        found = edits_of(city_here().workspace()).newest_of(station_id)
    except InputError:
        raise NotFound(
            say("station {station_id} is not in the register", station_id=station_id[:80])
        ) from None
    if found is None:
        raise NotFound
    return found


def _draft(values: Mapping[str, Any], station_id: str, *, is_new: bool) -> Draft:
    return check_form(
        city_here().workspace(),
        values["texts"],
        values["lists"],
        values["facilities"],
        station_id=station_id,
        is_new=is_new,
    )


def _who() -> dict[str, Any]:
    """Return whose word the form is, and of which day; today is now."""
    source = request.form.get("source", "")
    source = source if source in _SOURCES else _SOURCES[0]
    try:
        day: date | None = date.fromisoformat(request.form.get("observed_at", ""))
    except ValueError:
        day = None
    return {
        "source": source,
        "by": account_here().name,
        "observed_at": None if day == today_here() else day,
        "checks": source == "inspector",
    }


def _decided(said: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the second of two editors leaves to the first one."""
    theirs = {name for name in said if request.form.get(f"keep.{name}") == "theirs"}
    if theirs & set(PLACE):
        theirs |= set(PLACE)
    return {name: value for name, value in said.items() if name not in theirs}


def _values_of_form() -> dict[str, Any]:
    form = request.form
    names = ("id", *TEXTS, "datum", "lon", "lat")
    return {
        "texts": {name: form.get(name, "").replace("\x00", "")[:_LONGEST_HOURS] for name in names},
        "lists": {name: form.getlist(name) for name in LISTS},
        "facilities": {term.id: form.get(f"facility.{term.id}", "unknown") for term in FACILITIES},
    }


def _values_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows of a station's facts."""
    texts = {name: _text(facts.get(name)) for name in TEXTS}
    texts |= {
        "id": "",
        "datum": facts.get("datum", "wgs84"),
        "lon": _text(facts.get("source_lon")),
        "lat": _text(facts.get("source_lat")),
    }
    states = {term.id: facts.get(f"facility.{term.id}", "unknown") for term in FACILITIES}
    return {
        "texts": texts,
        "lists": {name: list(facts.get(name, ())) for name in LISTS},
        "facilities": states,
    }


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _form_page(
    station_id: str,
    version: int,
    values: Mapping[str, Any],
    *,
    draft: Draft | None = None,
    clashes: tuple[Clash, ...] = (),
    error: str = "",
) -> str:
    city, t = city_here(), g.language
    g.image_hosts = HOSTS[city.settings.base_map.provider]
    register = city.workspace().register()
    place = set(PLACE) - {"lon"}
    names = organisation_names(city.workspace())
    return render_template(
        "admin_register_form.html",
        page="admin",
        tab="register",
        error=error,
        done=_DONE.get(request.args.get("done", "")),
        station_id=station_id,
        version=version,
        values=values,
        draft=draft,
        clashes=[clash for clash in clashes if clash.field not in place],
        evidence=register.evidence(station_id) if station_id else {},
        edits=edits_of(city.workspace()).newest(limit=10, station_id=station_id)
        if station_id
        else (),
        ahead=city.workspace().coming_changes().of(station_id) if station_id else (),
        change_words=change_words,
        photos=city.workspace().photos().of_station(station_id, removed=True) if station_id else (),
        small_size=small_size,
        longest_caption=LONGEST_CAPTION,
        preview=preview_of(values["texts"]["hours"], t),
        today=today_here(),
        source=request.form.get("source", _SOURCES[0]),
        observed_at=request.form.get("observed_at", today_here().isoformat()),
        settings=map_settings(t, around=() if station_id else None)
        | {"now": url_for("page_files.now", only="roads")},
        organisations=names,
        offered_organisations=_offered(names, values["texts"]),
        column_words=column_words,
        names_of=names_of,
        source_words=source_words,
        value_words=value_words,
        options=_options(t),
    )


def _offered(names: OrganisationNames, texts: Mapping[str, str]) -> list[str]:
    """Return the organisations to choose from; of many, those first that hold a word written."""
    words = [
        word
        for name in LINKS.values()
        if names.id_of(texts[name]) is None
        for word in texts[name].casefold().split()
    ]
    found = list(dict.fromkeys(names.current.values()))
    if len(found) > _MOST_OFFERED:
        found.sort(key=lambda one: not any(word in one.casefold() for word in words))
    return found[:_MOST_OFFERED]


def _options(t: Language) -> dict[str, Any]:
    """Return the words to choose from, by field."""
    return {
        "kind": [(term.id, t.kind(term.id)) for term in KINDS],
        "status": [(term.id, t.status(term.id)) for term in STATUSES],
        "host_type": [(term.id, t.term(term)) for term in HOST_TYPES],
        "operator_kind": [(term.id, t.term(term)) for term in OPERATOR_KINDS],
        "sign": [(word, t(words)) for word, words in YES_NO.items()],
        "groups": [(group, t.group(group)) for group in city_here().settings.group_ids],
        "access": [(term.id, t.access(term.id)) for term in ACCESS_MODES],
        "facilities": [(term.id, t.facility(term.id)) for term in FACILITIES],
        "states": [(state, t(words)) for state, words in FACILITY_STATES.items()],
        "sources": [(source, t(SOURCES[source])) for source in _SOURCES],
        "datums": [
            (Datum.wgs84.value, t("WGS-84（GPS、天地图）")),
            (Datum.gcj02.value, t("GCJ-02（高德、腾讯）")),
            (Datum.bd09.value, t("BD-09（百度）")),
        ],
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 - digits of a row's number


def _told(error: InputError) -> str:
    t: Language = g.language
    return t.told(message_of(error))
