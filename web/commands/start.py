"""`yizhan start`: asks for what a city needs, shows each answer as a command, and runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from geo.messages import say
from web.commands.common import answer, common_options
from web.commands.help_pages import Command
from web.commands.language import spoken, told
from web.commands.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from web.services import Figures


@click.command(cls=Command)
@common_options
@click.pass_context
def start(context: click.Context, *, folder: Path, as_json: bool) -> None:
    """Ask for what a city needs, show each answer as the command that does it, and run them.

    Nothing is changed before the last question; Ctrl-C ends the questions at any time.
    """
    from web.commands.start_questions import command_line, commands_by_questions

    talk, t = Talk(err=as_json), spoken()
    talk.tell(
        t("An empty answer leaves a thing for later. Nothing is changed before the last question.")
    )
    commands = commands_by_questions(talk, folder)
    figures: Figures = {"commands": [command_line(words) for words in commands], "run": 0}
    if not commands:
        said = t("Nothing is left to ask, or all was left for later.")
        answer(figures, as_json=as_json, sample=False, words=[said])
        return
    talk.tell(t("This makes:"))
    for one in commands:
        talk.tell(f"  {command_line(one)}")
    question = t.plural("Run this {n} command now?", "Run these {n} commands now?", n=len(commands))
    if talk.yes(question):
        _run(context.find_root().command, commands, talk)
        figures["run"] = len(commands)
        said = t("Done. Next: yizhan serve, yizhan report; yizhan --help lists all commands.")
    else:
        said = t("Nothing was run and nothing was changed: the commands above do the same.")
    answer(figures, as_json=as_json, sample=False, words=[said])


def _run(yizhan: click.Command, commands: Sequence[list[str]], talk: Talk) -> None:
    """Run commands in their order; when one ends early, tell those that were not run."""
    from web.commands.start_questions import command_line

    for number, words in enumerate(commands):
        talk.tell(f"$ {command_line(words)}")
        try:
            with talk.elsewhere():
                yizhan.main(words, prog_name="yizhan", standalone_mode=False)
        except BaseException:
            talk.tell(told(say("Not done, to be run again once that is mended:")))
            for left in commands[number:]:
                talk.tell(f"  {command_line(left)}")
            raise
