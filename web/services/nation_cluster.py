"""Tasks of a nation by Dask: on processes of this machine, or on a cluster by its address."""

from __future__ import annotations

import importlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from geo.errors import WorkspaceError
from geo.messages import message_parts, say
from web.services.nation_steps import StepOutcome, do_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from web.services.nation_steps import StepTask

#: How long a scheduler may keep silent before it counts as not there.
_CONNECT_S: Final = "10s"
#: Two more tries where a worker dies under a task; Dask itself gives up after three deaths.
_RETRIES: Final = 2


@dataclass(frozen=True)
class DaskRunner:
    """Sends each task to a Dask cluster and yields it when it is done.

    A task that takes its workers down with it, or whose scheduler goes away, is told as failed.
    """

    client: Any

    def __call__(self, tasks: Sequence[StepTask]) -> Iterator[tuple[StepTask, StepOutcome]]:
        """Do the tasks, in the order in which they come back."""
        # a key of its own for each turn: Dask answers a key that it still holds from memory
        turn = uuid4().hex
        asked = {
            self.client.submit(
                do_step, task, key=f"{task.city}-{task.step}-{turn}", pure=False, retries=_RETRIES
            ): task
            for task in tasks
        }
        for future in _dask().as_completed(list(asked), raise_errors=False):
            yield asked[future], _outcome(future)
            future.release()


def _dask() -> Any:  # noqa: ANN401 - distributed has no types
    return importlib.import_module("distributed")


def _outcome(future: Any) -> StepOutcome:  # noqa: ANN401 - distributed has no types
    if future.status == "finished":
        outcome: StepOutcome = future.result()
        return outcome
    error = None if future.cancelled() else future.exception()
    why: str
    if isinstance(error, _dask().KilledWorker):
        why = say(
            "its worker died every time, most likely for want of memory: give it a machine with"
            " more, or fewer workers"
        )
    elif error is None:
        why = say("the scheduler went away: run again, and what is done stays done")
    else:
        why = f"{type(error).__name__}: {error}"
    return StepOutcome("", "", None, message_parts(why), 0.0)


@contextmanager
def cluster(*, workers: int = 0, scheduler: str = "") -> Iterator[DaskRunner]:
    """Open a cluster of ``workers`` processes here, or the one behind a scheduler's address.

    Raises
    ------
    WorkspaceError
        when Dask is not installed, or nobody answers at the address.
    """
    try:
        distributed = _dask()
    except ImportError:
        raise WorkspaceError(
            say("workers need Dask: python -m pip install -c constraints.txt -e .[nation]")
        ) from None
    if not scheduler:
        with (
            distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, dashboard_address=None
            ) as here,
            distributed.Client(here) as client,
        ):
            yield DaskRunner(client)
        return
    try:
        client = distributed.Client(scheduler, timeout=_CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise WorkspaceError(
            say("no scheduler answers at {address}: {what}", address=scheduler, what=error)
        ) from None
    with client:
        yield DaskRunner(client)
