"""What the first visitor asks for, made when the server begins: packing a city takes seconds."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from geo.errors import YizhanError
from web.locator.page_files import files_here
from web.site.bundles import BUNDLES, bundle

if TYPE_CHECKING:
    from flask import Flask

_LOG: Final = logging.getLogger(__name__)


def make_ready(app: Flask) -> threading.Thread:
    """Begin to make the files of the worker's page and its scripts, and return who does it.

    A visitor who comes before it is done waits for what is being made, and makes nothing twice.
    Where a file cannot be made, the log says why, and whoever asks for it is told.
    """
    made = threading.Thread(target=_make, args=(app,), name="yizhan-ready", daemon=True)
    made.start()
    return made


def _make(app: Flask) -> None:
    with app.test_request_context():
        try:
            for name in BUNDLES:
                bundle(name)
            files = files_here()
            for make in (files.stations, files.details, files.roads, files.sounds):
                make()
        except YizhanError as error:
            _LOG.warning("not made ready: %s", error)
