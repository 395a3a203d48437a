"""The pages behind the sign-in: who may see them, logging in and out, the audit log.

They work without a script. Every form carries a token of its session, and is taken from our own
pages only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.exceptions import (
    Forbidden,
    NotFound,
    RequestEntityTooLarge,
    TooManyRequests,
)

from data.database.audit import write_note
from data.permissions import reach_of
from data.photos import MOST_BYTES
from data.report_book import ReportBook
from data.workspace_key import workspace_key
from web.services.station_districts import district_at, district_of, stations_in
from web.site.city import city_here
from web.site.number_words import local_words
from web.site.passwords import is_password, take_try
from web.site.rate_limit import network_of, refuse_foreign, too_many
from web.site.sessions import (
    PATH,
    account_of,
    forget_visit,
    form_token,
    is_form_token,
    new_visit,
    read_visit,
    write_visit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as BaseResponse

    from data.accounts import Account
    from data.permissions import Act

admin = Blueprint("admin", __name__, url_prefix=PATH)

_OPEN_ENDPOINTS = frozenset({"admin.login_page", "admin.login", "admin.demo_door"})
#: What each page does; for whom it is there, the table of permissions says.
ACTS: Final[Mapping[str, Act]] = {
    "admin.queue": "see tickets",
    "admin.ticket": "see tickets",
    "admin.answer_ticket": "answer tickets",
    "admin.fix_ticket": "close tickets",
    "admin.settle_ticket": "edit register",
    "admin.reject_report": "reject reports",
    "admin.proposals": "see proposals",
    "admin.answer_proposal": "answer proposals",
    "admin.review_proposal": "answer proposals",
    "admin.adopt_proposal": "adopt proposals",
    "admin.activities": "see activities",
    "admin.add_activity": "add activities",
    "admin.remove_activity": "remove activities",
    "admin.activity": "see activities",
    "admin.count_attendance": "add activities",
    "admin.audit": "read the log",
    "admin.register": "see register",
    "admin.export_register": "see register",
    "admin.station_form": "see register",
    "admin.hours_preview": "see register",
    "admin.edits": "see register",
    "admin.save_station": "edit register",
    "admin.new_station": "edit register",
    "admin.add_station": "edit register",
    "admin.bulk_edit": "edit register",
    "admin.undo_edit": "edit register",
    "admin.add_change": "edit register",
    "admin.withdraw_change": "edit register",
    "admin.photo": "see register",
    "admin.add_photos": "edit register",
    "admin.change_photo": "edit register",
    "admin.remove_photo": "edit register",
    "admin.restore_photo": "edit register",
    "admin.organisations": "see organisations",
    "admin.export_organisations": "see organisations",
    "admin.organisation": "see organisations",
    "admin.new_organisation": "edit organisations",
    "admin.add_organisation": "edit organisations",
    "admin.change_organisation": "edit organisations",
    "admin.remove_organisation": "edit organisations",
    "admin.rounds": "see rounds",
    "admin.round_page": "see rounds",
    "admin.rounds_worker": "see rounds",
    "admin.add_round": "make rounds",
    "admin.close_round": "make rounds",
    "admin.add_visit": "visit stations",
    "admin.plans": "see runs",
    "admin.plan": "see runs",
    "admin.compare_plans": "see runs",
    "admin.points_of_plan": "see runs",
    "admin.candidates_of_map": "see runs",
    "admin.standing_of_map": "see runs",
    "admin.plan_file": "see runs",
    "admin.run_file": "see runs",
    "admin.changes_of_plan": "see runs",
    "admin.difference_of_plans": "see runs",
    "admin.near_of_plan": "see runs",
    "admin.ask_again": "ask questions",
    "admin.ask_plan": "ask questions",
    "admin.run_plan": "ask questions",
    "admin.run_page": "see runs",
    "admin.change_run": "ask questions",
    "admin.change_plan": "ask questions",
    "admin.reports": "see reports",
    "admin.kept_report": "see reports",
    "admin.picture_of_report": "see reports",
    "admin.form_of_report": "see reports",
    "admin.add_report": "make reports",
    "admin.review_report": "review reports",
    "admin.issue_report": "issue reports",
    "admin.withdraw_report": "issue reports",
    "admin.accounts": "see accounts",
    "admin.account": "see accounts",
    "admin.add_account": "edit accounts",
    "admin.change_account_role": "edit accounts",
    "admin.change_account_password": "edit accounts",
    "admin.disable_account": "edit accounts",
    "admin.enable_account": "edit accounts",
}
_FRAME = (
    "admin.queue",
    "admin.proposals",
    "admin.activities",
    "admin.register",
    "admin.organisations",
    "admin.rounds",
    "admin.plans",
    "admin.reports",
    "admin.audit",
    "admin.accounts",
)
_MOST_BYTES = 16_384
#: Of forms that say all of a station, or name a page full of them.
_MORE_BYTES: Final = dict.fromkeys(
    ("admin.save_station", "admin.add_station", "admin.bulk_edit"), 65_536
) | {"admin.run_plan": 2_000_000}
#: Of forms with photos: two that a camera wrote, or four that the page made smaller.
_PHOTO_BYTES: Final = dict.fromkeys(
    ("admin.add_photos", "admin.add_visit"), 2 * MOST_BYTES + 65_536
)
_MOST_FIELDS = 40
#: A question has a line for each limit, and two figures for each kind.
_MORE_FIELDS: Final = {"admin.run_plan": 600}


@admin.before_request
def _let_in() -> BaseResponse | None:
    """Find the session; ask for a login, and refuse a form that was not made for this session."""
    g.session_key = workspace_key(city_here().folder, "sessions")
    found = read_visit(request, key=g.session_key)
    g.visit_is_new = found is None
    g.visit = found or new_visit(key=g.session_key)
    g.account = account_of(g.visit, book().accounts, key=g.session_key)
    if request.method == "POST":
        sizes = {**_MORE_BYTES, **_PHOTO_BYTES}
        request.max_content_length = sizes.get(request.endpoint or "", _MOST_BYTES)
        _refuse_heavy_photos()
        request.max_form_parts = _MORE_FIELDS.get(request.endpoint or "", _MOST_FIELDS)
        refuse_foreign(request, form=True)
        if not is_form_token(request.form.get("token", ""), g.visit, key=g.session_key):
            raise Forbidden(g.language("表单已过期：请返回上一页，刷新后再提交。"))
    if g.account is None and request.endpoint not in _OPEN_ENDPOINTS:
        return redirect(here("admin.login_page"), 303)
    act = ACTS.get(request.endpoint or "")
    if act is not None and not account_here().may(act):
        raise NotFound
    return None


def _refuse_heavy_photos() -> None:
    """Say what a form with photos may weigh before any of it is read."""
    most = _PHOTO_BYTES.get(request.endpoint or "", 0)
    if most and (request.content_length or 0) > most:
        words = g.language(
            "照片太大：一次最多 {most} MB，每张最多 {each} MB。请选小一点的照片。",
            most=most >> 20,
            each=MOST_BYTES >> 20,
        )
        raise RequestEntityTooLarge(words)


@admin.after_request
def _finish(response: Response) -> Response:
    """Keep the pages out of every cache, and send a new session to its browser."""
    response.cache_control.no_store = True
    if g.get("visit_is_new"):
        write_visit(response, g.visit, key=g.session_key, secure=request.is_secure)
    return response


@admin.context_processor
def _admin_context() -> dict[str, Any]:
    """Give every page of the moderators what its frame shows."""
    return {
        "account": g.get("account"),
        "tab": "",  # for pages that belong to none
        "settings_trouble": city_here().trouble if _is_operator() else None,
        "form_token": form_token(g.visit, key=g.session_key) if "visit" in g else "",
        "local_words": local_words,
        "is_allowed": is_allowed,
    }


def _is_operator() -> bool:
    """Tell whether somebody is signed in who can do something about the settings."""
    account = g.get("account")
    return account is not None and account.may("see accounts")


@admin.get("/login")
def login_page() -> str | BaseResponse:
    """Show the login; who is logged in goes on to the reports."""
    if g.account is not None:
        return redirect(here(_first_page(g.account)), 303)
    return _login_form()


@admin.post("/login")
def login() -> BaseResponse | tuple[str, int]:
    """Log in: the session gets a new id, so that none that was known before is worth anything."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    refuse_tries(name)
    account = None if "\x00" in name else book().accounts.account(name)
    right = is_password(account, password)
    if account is None or account.disabled or not right:
        return _login_form(wrong=True), 403
    write_note(city_here().workspace().database.backend, who=name, action="login", subject=name)
    return begin_session(account, then=here(_first_page(account)))


@admin.post("/logout")
def logout() -> BaseResponse:
    """End every session of the account."""
    book().accounts.end_sessions(g.account.name, by=g.account.name)
    response = redirect(here("admin.login_page"), 303)
    forget_visit(response)  # type: ignore[arg-type]
    return response


@admin.errorhandler(TooManyRequests)
def _too_many(error: TooManyRequests) -> Response:
    page = render_template("error.html", status=429, detail=error.description, page="error")
    return Response(page, 429, headers={"Retry-After": str(error.retry_after)})


def book() -> ReportBook:
    """Return the reports of the city that is served."""
    return ReportBook(city_here().workspace())


def refuse_tries(name: str) -> None:
    """Count a try at the password of an account, and refuse it (429) when there were too many."""
    workspace = city_here().workspace()
    wait_s = take_try(workspace, address=network_of(request), name=name[:40])
    if wait_s > 0:
        raise too_many(wait_s)


def begin_session(account: Account, *, then: str) -> BaseResponse:
    """Give an account a session with a new id, and go on."""
    g.visit, g.visit_is_new = new_visit(account, key=g.session_key), False
    response = redirect(then, 303)
    write_visit(response, g.visit, key=g.session_key, secure=request.is_secure)  # type: ignore[arg-type]
    return response


def here(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - URL values of any type
    """Return the address of one of these pages in the reader's language."""
    if not g.language.is_chinese:
        values["lang"] = g.language.code
    return url_for(endpoint, **values)


def account_here() -> Account:
    """Return who is logged in."""
    account: Account = g.account
    return account


def is_allowed(station_id: str, *, act: Act | None = None) -> bool:
    """Tell whether who is logged in may do for a station what this page does, or another act."""
    account, meant = account_here(), act or _act_here()
    by_district = account.goes_by_district(meant)
    district = district_of(city_here().workspace(), station_id) if by_district else None
    return account.may(meant, station_id, district=district)


def is_allowed_at(lon: float, lat: float, *, act: Act | None = None) -> bool:
    """Tell whether who is logged in may do at a place (WGS-84) what this page does.

    It decides on a station that is added or moved there.
    """
    account, meant = account_here(), act or _act_here()
    by_district = account.goes_by_district(meant)
    district = district_at(city_here().workspace(), lon, lat) if by_district else None
    return account.may_in(meant, district)


def stations_for(act: Act) -> tuple[str, ...] | None:
    """Return the stations for which who is logged in does an act; None for all of them."""
    account = account_here()
    reach = reach_of(account.role, act)
    if account.goes_by_district(act):
        return stations_in(city_here().workspace(), account.districts)
    if reach == "own":
        return account.stations
    return () if reach is None else None


def _act_here() -> Act:
    return ACTS[request.endpoint or ""]


def _first_page(account: Account) -> str:
    """Return the endpoint that an account comes to: of those in the frame the first it may see."""
    return next(page for page in _FRAME if account.may(ACTS[page]))


def _login_form(*, wrong: bool = False) -> str:
    return render_template("admin_login.html", page="admin", wrong=wrong)
