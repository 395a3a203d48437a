"""Questions asked in the browser: put into the queue, followed, stopped, kept; JSON for scripts.

Errors are problem details (RFC 9457); what is wrong with a question stands in ``errors``, each with
the pointer to its field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import Forbidden, NotFound, UnsupportedMediaType

from data.json_shapes import parse_json
from geo.errors import FieldFault, FieldsError, InputError, NothingYetError
from geo.messages import message_from, message_of, say
from web.labels.runs import run_state_words
from web.planner.run_events import LONGEST_MARK, events_of
from web.planner.visits import account_here, find_visit, form_token_here, let_in
from web.services.run_questions import RunAsked
from web.services.runs import ahead_of, may_stop, run_of, runs_of, save_run, stop_run, submit
from web.site.city import city_here
from web.site.number_words import local_words
from web.site.security import problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from werkzeug.wrappers import Response as BaseResponse

    from data.permissions import Act
    from data.runs import Run

runs = Blueprint("runs", __name__, url_prefix="/plan/runs")

#: What each address does; for whom it is there, the table of permissions says.
ACTS: Final[Mapping[str, Act]] = {
    "runs.page": "see runs",
    "runs.shown": "see runs",
    "runs.events": "see runs",
    "runs.ask": "ask questions",
    "runs.stop": "ask questions",
    "runs.keep": "ask questions",
}
#: As large as a question's file may be.
MOST_BYTES: Final = 1_000_000
_JSON: Final = "json"


@runs.before_request
def _let_in() -> BaseResponse | None:
    """Let in whom the table lets; whoever opens the page unsigned is led to the sign-in."""
    is_page = request.endpoint == "runs.page" and request.args.get("f") != _JSON
    g.speaks_json = not is_page
    request.max_content_length = MOST_BYTES
    if is_page and find_visit() is None:
        language = {} if g.language.is_chinese else {"lang": g.language.code}
        return redirect(url_for("admin.login_page", **language), 303)
    let_in(ACTS.get(request.endpoint or ""))
    return None


@runs.after_request
def _finish(response: Response) -> Response:
    """Keep what planners ask out of every cache."""
    response.cache_control.no_store = True
    return response


@runs.get("")
def page() -> str | Response:
    """List the newest runs, as a page or with ``f=json`` for scripts; ``scenario`` picks some."""
    found = runs_of(city_here().workspace(), scenario=request.args.get("scenario"))
    if request.args.get("f") == _JSON:
        may_ask = account_here().may("ask questions")
        told = [_brief(run) for run in found]
        return jsonify(runs=told, may_ask=may_ask, token=form_token_here())
    return render_template(
        "runs.html",
        page="planner",
        runs=found,
        token=form_token_here(),
        local_words=local_words,
        run_state=run_state_words,
    )


@runs.post("")
def ask() -> Response:
    """Put a question into the queue (201); one that is answered already is done at once."""
    body = _body()
    try:
        scenario = _taken_text(body, "scenario")
        asked = RunAsked.of_request(body)
        workspace = city_here().workspace()
        run = submit(workspace, asked, author=account_here().name, scenario=scenario)
    except FieldsError as error:
        return _refused(error)
    except NothingYetError as error:
        return problem(409, g.language.told(message_of(error)))
    except InputError as error:
        return problem(422, g.language.told(message_of(error)), errors=[])
    answer = jsonify(_whole(run))
    answer.status_code = 201
    answer.headers["Location"] = url_for(".shown", number=run.id)
    return answer


@runs.get("/<int:number>")
def shown(number: int) -> Response:
    """Answer one run whole: what was asked, how far it is, what came of it."""
    return jsonify(_whole(_run(number)))


@runs.post("/<int:number>/stop")
def stop(number: int) -> Response:
    """Stop a run and keep its best plan; only who asked it may, and administrators."""
    account, run = account_here(), _run(number)
    if not may_stop(run, account):
        raise Forbidden(say("another account asked this: only that one stops it"))
    stop_run(city_here().workspace(), number, by=account.name)
    return jsonify(_whole(_run(number)))


@runs.post("/<int:number>/scenario")
def keep(number: int) -> Response:
    """Keep the plan of a run as a scenario: ``name``, and ``why`` where it is given."""
    body, run = _body(), _run(number)
    try:
        name, why = _taken_text(body, "name"), _taken_text(body, "why")
        kept = save_run(
            city_here().workspace(), run, name=name, author=account_here().name, why=why
        )
    except FieldsError as error:
        return _refused(error)
    except InputError as error:
        words = g.language.told(message_of(error))
        return problem(422, words, errors=[{"pointer": "#/name", "detail": words}])
    answer = jsonify(name=kept.name, run=run.id)
    answer.status_code = 201
    return answer


@runs.get("/<int:number>/events")
def events(number: int) -> Response:
    """Answer what is new of a run as server-sent events, going on after ``Last-Event-ID``."""
    mark = request.headers.get("Last-Event-ID", request.args.get("after", ""))[:LONGEST_MARK]
    return events_of(city_here().workspace(), _run(number), mark=mark)


def _taken_text(body: dict[str, Any], key: str) -> str:
    """Take a text out of the body, "" where there is none (FieldsError)."""
    value = body.pop(key, "")
    if not isinstance(value, str):
        raise FieldsError(say("must be text"), FieldFault((key,), say("must be text")))
    return value


def _refused(error: FieldsError) -> Response:
    """Answer 422 with every wrong field."""
    t = g.language
    told = [{"pointer": f"#{one.pointer}", "detail": t.told(one.reason)} for one in error.faults]
    return problem(422, t.told(message_of(error)), errors=told)


def _run(number: int) -> Run:
    found = run_of(city_here().workspace(), number)
    if found is None:
        raise NotFound(say("there is no run of this number"))
    return found


def _body() -> dict[str, Any]:
    """Read the request's body: a JSON object."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(say("send JSON with Content-Type: application/json"))
    body = parse_json(request.get_data(), file=say("the body"), most_bytes=MOST_BYTES)
    if not isinstance(body, dict):
        raise InputError(say("the body must be a JSON object"))
    return body


def _brief(run: Run) -> dict[str, Any]:
    question = run.question.get("question", {})
    return {
        "id": run.id,
        "kind": run.kind,
        "name": question.get("name", ""),
        "scenario": run.scenario,
        "author": run.author,
        "state": run.state,
        "made_at": _second(run.made_at),
        "begun_at": _second(run.begun_at),
        "ended_at": _second(run.ended_at),
        "attempts": run.attempts,
        "error": None if run.error is None else g.language.told(run.error),
        "links": {
            "self": url_for(".shown", number=run.id),
            "events": url_for(".events", number=run.id),
            "stop": url_for(".stop", number=run.id),
            "scenario": url_for(".keep", number=run.id),
        },
    }


def _whole(run: Run) -> dict[str, Any]:
    answer = None if run.answer is None else dict(run.answer)
    if answer is not None and answer.get("conflict") is not None:
        answer["conflict"] = _conflict(answer["conflict"])
    return {
        **_brief(run),
        "asked": run.question,
        "ahead": ahead_of(city_here().workspace(), run),
        "beat_at": _second(run.beat_at),
        "progress": run.progress,
        "answer": answer,
    }


def _conflict(told: Mapping[str, Any]) -> dict[str, Any]:
    """Put a conflict's sentences into the language of the reader."""
    t = g.language
    members = [{**one, "words": t.told(message_from(one["words"]))} for one in told["members"]]
    return {**told, "words": t.told(message_from(told["words"])), "members": members}


def _second(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
