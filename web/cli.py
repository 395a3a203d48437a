"""The `yizhan` command: from a road extract and a station list to a plan, a page and a report.

Every command takes ``-w/--workspace`` (the city's folder) and ``--json`` (one JSON object on
standard output, progress on standard error) and ``--lang`` (`web.commands.language`). What it
refuses it says in one line after ``error:``, ends with exit code 2 and leaves the workspace as it
was.
"""

from __future__ import annotations

import os
import sys

import click

from web.commands.language import speaking
from web.commands.lazy_group import LazyGroup
from web.commands.refusals import refusals_as_exit_code
from web.commands.streams import write_every_sign

_COMMANDS = {
    "start": "web.commands.start:start",
    "init": "web.commands.init:init",
    "network": "web.commands.network:network",
    "stations": "web.commands.stations:stations",
    "sites": "web.commands.sites:sites",
    "organisations": "web.commands.organisations:organisations",
    "demand": "web.commands.demand:demand",
    "coverage": "web.commands.coverage:coverage",
    "effective": "web.commands.coverage_effective:effective",
    "plan": "web.commands.plan:plan",
    "scenario": "web.commands.scenario:scenario",
    "map": "web.commands.map:map_",
    "report": "web.commands.report:report",
    "account": "web.commands.account:account",
    "reports": "web.commands.reports:reports",
    "rounds": "web.commands.rounds:rounds",
    "proposals": "web.commands.proposals:proposals",
    "activities": "web.commands.activities:activities",
    "serve": "web.commands.serve:serve",
    "worker": "web.commands.worker:worker",
    "nation": "web.commands.nation:nation",
    "db": "web.commands.db:db",
    "demo": "web.commands.demo:demo",
}


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="yizhan")
def yizhan() -> None:
    """Find, map and plan rest stations for outdoor workers (驿站)."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    write_every_sign()
    words = sys.argv[1:]
    with speaking(words, os.environ), refusals_as_exit_code(as_json="--json" in words):
        yizhan.main(prog_name="yizhan", standalone_mode=False)
