"""The command doctor. What it looks at is in ``examination``, which is loaded only when it runs."""

from dataclasses import replace

import click
from rich.markup import escape

import bot
from bot.cli.context import Context, json_option, pass_context, print_json, run
from bot.output import terminal


@click.command()
@json_option
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """Everything that can be wrong, each with its remedy.

    Looks at token, permissions, clock, disk, archive and sources.
    Ends with code 1 when there is a problem, with 0 when all is well or could only be better.
    """
    from bot.cli.doctor.examination import examine
    from bot.monitoring.checks import State, worst

    checks = [
        replace(check, message=context.addressed(check.message), fix=context.addressed(check.fix))
        for check in run(examine(context.config, context.clock))
    ]
    state = worst(checks)
    if as_json:
        print_json(
            {
                "version": bot.__version__,
                "at": context.clock.now(),
                "state": state,
                "findings": [
                    {"name": c.name, "state": c.state, "says": c.message, "mend": c.fix}
                    for c in checks
                ],
            }
        )
    else:
        colours = {State.OK: "green", State.HINT: "yellow", State.PROBLEM: "bold red"}
        out = terminal.console()
        for check in checks:
            mark = f"[{colours[check.state]}]{check.state:<8}[/] "
            terminal.hung(mark, escape(check.message), out)
            if check.fix:
                terminal.hung("         → ", escape(check.fix), out)
    if state is State.PROBLEM:
        raise click.exceptions.Exit(1)


COMMANDS = (doctor,)
