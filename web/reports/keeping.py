"""Making and keeping a report: its words in both languages, its figures, what they stand on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from data.china_time import CHINA_TIME
from data.kept_reports import KeptReport, Period, ReportStep
from data.report_book import ReportBook
from geo.errors import InputError, NothingYetError
from geo.messages import say
from web.languages import CHINESE, ENGLISH
from web.reports.document import Notice, Signature, Signatures
from web.reports.document_json import document_dict, document_from, with_block
from web.reports.document_sections import document_of
from web.reports.figure_list import figures_in
from web.reports.office_words import in_office_words
from web.reports.pages import report_of
from web.reports.period_words import period_words
from web.reports.register_report import register_document
from web.reports.since_last import since_last_section
from web.services.effective import doubted_version
from web.services.report_basis import prepare_report
from web.services.running import newest_decision

if TYPE_CHECKING:
    from datetime import date

    from data.kept_reports import StepWord
    from data.settings import Settings
    from data.workspace import Workspace
    from web.languages import Language
    from web.reports.document import Document, Section

#: Raised by one whenever a figure of the report is counted otherwise than before.
COUNTING: Final = "1"
_LANGUAGES: Final = (CHINESE, ENGLISH)
_BEFORE_LAST: Final = ("method", "signatures")


def make_report(
    workspace: Workspace,
    *,
    period: str,
    author: str,
    by: str,
    number: str | None = None,
    now: datetime | None = None,
) -> KeptReport:
    """Make the report of a period of what the workspace holds now, and keep it as a draft.

    Without roads or workers it is one of the register alone.

    ``number`` is made of the period where it is not given; ``by`` is the account that makes it.

    Raises
    ------
    InputError
        when a word cannot be, or the number is taken.
    NothingYetError
        when there is nothing to report yet.
    """
    of, made_at = Period(period), datetime.now(UTC) if now is None else now
    kept = workspace.kept_reports()
    number = _next_number(of, kept.numbers()) if number is None else number
    today = made_at.astimezone(CHINA_TIME).date()
    if of.days[0] > today:
        raise InputError(say("period {period}: it has not begun yet", period=of.text))
    last, documents = kept.last(), _documents(workspace)
    inputs = {**documents[CHINESE.code].inputs, **_run_by(workspace), "day": today.isoformat()}
    method = {**method_of(workspace.settings), "roads": inputs.get("when", "usual")}
    documents = {code: _of_period(one, of, number, today) for code, one in documents.items()}
    if last is not None:
        chinese = documents[CHINESE.code]
        for code, one in documents.items():
            section = since_last_section(one, last, chinese=chinese, inputs=inputs, method=method)
            documents[code] = _with_section(one, in_office_words(section, one.language))
    made = KeptReport(
        number=number,
        period=of,
        city=workspace.settings.name,
        sample=workspace.settings.sample,
        figures={one.name: one.value for one in figures_in(documents[CHINESE.code])},
        words={code: document_dict(document) for code, document in documents.items()},
        inputs=inputs,
        method=method,
        steps=(ReportStep(made_at, "made", author, by),),
        previous="" if last is None else last.number,
    )
    kept.add(made, by=by)
    return made


def _documents(workspace: Workspace) -> dict[str, Document]:
    """Return the report in each language: of the register alone where more is not known yet."""
    try:
        prepare_report(workspace)
    except NothingYetError:
        return {t.code: register_document(workspace, t) for t in _LANGUAGES}
    report = report_of(workspace)
    return {t.code: document_of(report.in_language(t)) for t in _LANGUAGES}


def _run_by(workspace: Workspace) -> dict[str, str]:
    """Return the versions of what a report tells beside its plan: how the stations are run."""
    organisations, decision = workspace.contents("organisations"), newest_decision(workspace)
    areas = (workspace.districts, workspace.towns)
    return {
        "doubted": doubted_version(workspace),
        "tickets": ReportBook(workspace).tickets.version(),
        "organisations": "none" if organisations is None else organisations.content_hash,
        "decision": "none" if decision is None else decision.content_hash,
        "targets": _hash([asdict(one) for one in workspace.settings.report.targets]),
        "borders": _hash([one.content_hash for one in areas]),
    }


def take_step(
    workspace: Workspace, number: str, *, act: StepWord, name: str, by: str, why: str = ""
) -> KeptReport:
    """Review, issue or withdraw a kept report, and return it (InputError when that cannot be)."""
    kept = workspace.kept_reports()
    kept.take_step(number, ReportStep(datetime.now(UTC), act, name, by, why), by=by)
    return kept.report(number)


def kept_document(kept: KeptReport, language: Language) -> Document:
    """Return a kept report in a language, with who signed it, and what its state asks to be said.

    In a language that it was not kept in, it is shown in Chinese.
    """
    body = kept.words.get(language.code) or kept.words[CHINESE.code]
    document = document_from(body)
    t = document.language
    roles: tuple[tuple[StepWord, str], ...] = (
        ("made", t("制表")),
        ("reviewed", t("审核")),
        ("issued", t("签发")),
    )
    lines = []
    for act, role in roles:
        step = kept.step(act)
        day = "" if step is None else t.day(step.at.astimezone(CHINA_TIME).date())
        lines.append(Signature(role, "" if step is None else step.name, day))
    labels = (t("事项"), t("姓名"), t("日期", context="to sign"), t("（盖章）"))
    signed = Signatures(tuple(lines), *labels)
    document = with_block(document, "signatures", Signatures, signed)
    notice = state_notice(kept, t)
    if not notice:
        return document
    first, *others = document.sections
    told = replace(first, blocks=(Notice(notice), *first.blocks))
    return replace(document, sections=(told, *others))


def state_notice(kept: KeptReport, t: Language) -> str:
    """Say what must be known of a report that is not in force; nothing of an issued one."""
    withdrawn = kept.step("withdrawn")
    if withdrawn is not None:
        return t(
            "本报告已于{day}由{name}撤回，不再有效。理由：{why}",
            day=t.day(withdrawn.at.astimezone(CHINA_TIME).date()),
            name=withdrawn.name,
            why=withdrawn.why,
        )
    if kept.state == "reviewed":
        return t("本报告已审核，尚未签发，不得引用。")
    return t("草稿：尚未审核和签发，不得引用。") if kept.state == "draft" else ""


def method_of(settings: Settings) -> dict[str, str]:
    """Return the ways of counting that the settings choose, each as a word or a hash."""
    return {
        "counting": COUNTING,
        "national": _hash(asdict(settings.national)),
        "groups": _hash([asdict(group) for group in settings.groups]),
        "snapping": f"{settings.snap_limit_m:g} m",
        "profiles": _hash(settings.profile_changes),
    }


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=sorted)
    return hashlib.sha256(text.encode()).hexdigest()


def _next_number(period: Period, taken: tuple[str, ...]) -> str:
    """Return the first free number of a period, such as 2026-Q3-1."""
    serial = 1
    while f"{period.text}-{serial}" in taken:
        serial += 1
    return f"{period.text}-{serial}"


def _of_period(document: Document, period: Period, number: str, today: date) -> Document:
    """Return a document with its period and number, and of which day its figures are."""
    t = document.language
    subtitle = t("{what} · 编号 {number}", what=document.subtitle, number=number)
    words, last = period_words(period, t), period.days[1]
    if last < today:
        day = t("各项数字是制表之日（{day}）的，不是{period}末的。", day=t.day(today), period=words)
    elif last > today:
        day = t("{period}未满，各项数字截至{day}。", day=t.day(today), period=words)
    else:
        day = t("各项数字截至{day}。", day=t.day(today))
    first, *others = document.sections
    told = replace(first, blocks=(Notice(day), *first.blocks))
    return replace(document, period=words, subtitle=subtitle, sections=(told, *others))


def _with_section(document: Document, section: Section) -> Document:
    """Put a section before the method."""
    at = next(
        (number for number, one in enumerate(document.sections) if one.id in _BEFORE_LAST),
        len(document.sections),
    )
    sections = (*document.sections[:at], section, *document.sections[at:])
    return replace(document, sections=sections)
