"""What is measured for the maps of plans, asked of the city that is served."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from geo.errors import WorkspaceError, YizhanError
from web.services.measuring import CANDIDATES, CHANGES, Measured, measure_once, measured
from web.services.processes import is_left
from web.services.run_heart import worker_name
from web.site.city import city_here

if TYPE_CHECKING:
    from data.runs import Run
    from data.scenarios import Scenario
    from data.workspace import Workspace
    from web.site.city import City

_LOG: Final = logging.getLogger(__name__)


def measured_here(what: str, scenario: Scenario | None) -> Measured:
    """Return what was measured of the city at hand; what was not yet is put into the queue.

    Where no worker takes it, another process measures it, one at a time.
    """
    city = city_here()
    try:
        return measured(
            city.workspace(),
            what,
            scenario,
            at_once=not city.searches_apart,
            hear=lambda run: _see_to(city, run),
        )
    except WorkspaceError as error:  # a full disk stops no page
        _LOG.warning("nothing can be measured: %s", error)
        return Measured()


def prepare(scenario: Scenario) -> None:
    """Have measured what the map of a scenario will be asked for; nobody waits for it."""
    if city_here().searches_apart:
        for what in (CANDIDATES, CHANGES):
            measured_here(what, scenario)


def _see_to(city: City, run: Run) -> None:
    if not is_left(run):
        return
    threads = city.keep("measuring", "", list[threading.Thread])
    if any(thread.is_alive() for thread in threads):
        return
    threads[:] = [threading.Thread(target=_measure, args=(city.workspace(),), daemon=True)]
    threads[0].start()


def _measure(workspace: Workspace) -> None:
    try:
        measure_once(workspace, worker_name(), leave=threading.Event())
    except YizhanError as error:
        _LOG.warning("what a plan changes could not be measured: %s", error)
