"""The heart of a run at work: beats in the queue, tells what is known, hears of a stop."""

from __future__ import annotations

import math
import os
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final, Self

from geo.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt

    from data.database.runs import Runs
    from data.runs import Run
    from planning.decisions import AskedQuestion, Decision
    from planning.engine.params import Progress

#: Seconds between two looks at the queue; without news a beat is written every `LIVES_S`.
BEAT_S: Final = 0.5
LIVES_S: Final = 3.0
#: Points of the curve lie so many seconds apart at first, and after each `POINTS_APART` of them
#: twice as far: the curve of an hour has some 600.
POINT_S: Final = 0.2
POINTS_APART: Final = 50


def worker_name() -> str:
    """Return a name that no other worker has: machine, process and a random part."""
    return f"{socket.gethostname()[:40]}/{os.getpid()}/{secrets.token_hex(4)}"


class StoppedError(Exception):
    """The work is to end now: the run is to stop, or is another worker's."""


class Told:
    """What is told of a run so far (`data.runs`), by two threads; points are only ever added."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._step, self._share = "", math.nan
        self._points: list[list[float | None]] = []
        self._newest: list[float | None] | None = None
        self._sites: list[dict[str, Any]] = []
        self._sites_of: float | None = None
        self._is_news = False

    def step(self, words: str) -> None:
        """Say what is done now."""
        with self._lock:
            self._step, self._share, self._is_news = words, math.nan, True

    def share(self, share: float) -> None:
        """Say how much of it is done, from 0 to 1."""
        with self._lock:
            rounded = round(share, 2)
            if rounded != self._share:
                self._share, self._is_news = rounded, True

    def take_over(self, progress: Mapping[str, Any]) -> None:
        """Tell what was told of a run with the same answer."""
        with self._lock:
            self._points = list(progress.get("points", ()))
            self._sites = list(progress.get("sites", ()))

    def point(self, news: Progress, sites: Callable[[], list[dict[str, Any]]] | None) -> None:
        """Take a point of the curve, and the sites where they are those of a better plan."""
        value = _known(news.incumbent)
        with self._lock:
            self._newest = [round(news.seconds, 3), value, _known(news.bound)]
            if sites is not None and value is not None and value != self._sites_of:
                self._sites, self._sites_of, self._is_news = sites(), value, True
            self._settle(at_last=False)

    def end(self, made: Decision, sites: list[dict[str, Any]]) -> None:
        """Take the last point and the sites of the decision itself."""
        with self._lock:
            seconds = 0.0 if self._newest is None else self._newest[0]
            self._newest = [seconds, _known(made.objective), _known(made.bound)]
            self._sites, self._is_news = sites, True
            self._settle(at_last=True)

    def news(self) -> dict[str, Any] | None:
        """Return all of it, as the queue keeps it; None where it was told since the last news."""
        return self.parts() if self._is_news else None

    def again(self) -> None:
        """Count as news what could not be written."""
        self._is_news = True

    def parts(self) -> dict[str, Any]:
        """Return all of it, as the queue keeps it."""
        with self._lock:
            self._is_news = False
            return {
                "step": self._step,
                "share": _known(self._share),
                "points": [list(point) for point in self._points],
                "sites": list(self._sites),
            }

    def _settle(self, *, at_last: bool) -> None:
        """Put the newest point behind the others where it is news, and far enough from them."""
        newest, last = self._newest, self._points[-1] if self._points else None
        if newest is None or (last is not None and newest[1:] == last[1:]):
            return
        spacing = POINT_S * 2 ** (len(self._points) // POINTS_APART)
        if last is None or at_last or (newest[0] or 0.0) - (last[0] or 0.0) >= spacing:
            self._points.append(newest)
            self._is_news = True


class Heart:
    """Beats until its block ends; what works meanwhile tells it the news, and hears of a stop."""

    def __init__(self, runs: Runs, run: Run, worker: str) -> None:
        self._runs, self._run, self._worker = runs, run, worker
        self.told = Told()
        self.is_to_stop = self._is_lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        """Begin to beat."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Beat no more."""
        self._ended.set()
        self._thread.join()

    @property
    def is_over(self) -> bool:
        """Whether the work is to end now."""
        return self.is_to_stop or self._is_lost

    def hear(self, what: str, share: float) -> None:
        """Hear how much of a step is done; end the work where that is wished (StoppedError)."""
        del what  # a step has one name, whichever of its parts is told
        self.told.share(share)
        if self.is_over:
            raise StoppedError

    def listening_to(self, city: AskedQuestion) -> Callable[[Progress], bool]:
        """Return what hears of the engine's news, and tells it when to stop."""

        def listen(news: Progress) -> bool:
            plan = news.plan
            self.told.point(news, None if plan is None else lambda: sites_of(city, plan()))
            return self.is_over

        return listen

    def _beat(self) -> None:
        beaten = time.monotonic()
        while not self._ended.wait(BEAT_S):
            news = self.told.news()
            try:
                if news is None and time.monotonic() - beaten < LIVES_S:
                    standing = self._runs.standing(self._run.id)
                    state = None if standing is None else standing.state
                else:
                    state = self._runs.beat(self._run.id, self._worker, progress=news)
                    beaten = time.monotonic()
            except WorkspaceError:  # somebody else writes for long: told with the next beat
                if news is not None:
                    self.told.again()
                continue
            self.is_to_stop = self.is_to_stop or state == "stopping"
            self._is_lost = self._is_lost or state not in {"running", "stopping"}


def sites_of(city: AskedQuestion, chosen: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return what a choice of options does where; what stands or is kept is left out."""
    found = []
    for number in chosen[chosen < city.problem.standing_option].tolist():
        action = city.table.actions[int(city.problem.options.action[number])]
        if action.what != "keep":
            state = city.table.states[action.state]
            found.append(site(action.what, action.id, action.kind, lonlat=(state.lon, state.lat)))
    return found


def site(what: str, place: str, kind: str, *, lonlat: tuple[float, float]) -> dict[str, Any]:
    """Return a site of a plan, as progress tells it."""
    return {"what": what, "id": place, "kind": kind, "lon": lonlat[0], "lat": lonlat[1]}


def _known(figure: float) -> float | None:
    return figure if math.isfinite(figure) else None
