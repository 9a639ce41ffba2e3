"""How the program is doing: doctor and status."""

from typing import Any

import click
import msgspec
from rich.markup import escape

import bot
from bot import terminal, words
from bot.cli.context import Context, json_option, pass_context, run
from bot.clock import Clock
from bot.config import Config
from bot.models import Network

# So many of arXiv's categories are not named one by one.
_MANY = 6


@click.command()
@json_option
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """Look at token, permissions, clock, disk, archive and sources, and say what mends them.

    Ends with code 1 when there is a problem, with 0 when all is well or could only be better.
    """
    from bot.app.doctor import examine
    from bot.app.findings import State, worst

    found = run(examine(context.config, context.clock))
    state = worst(found)
    if as_json:
        _print_json(
            {
                "version": bot.__version__,
                "at": context.clock.now(),
                "state": state,
                "findings": [
                    {"name": f.name, "state": f.state, "says": f.says, "mend": f.mend}
                    for f in found
                ],
            }
        )
    else:
        colours = {State.OK: "green", State.HINT: "yellow", State.PROBLEM: "bold red"}
        out = terminal.console()
        for finding in found:
            mark = f"[{colours[finding.state]}]{finding.state:<8}[/]"
            out.print(f"{mark} {escape(finding.says)}", soft_wrap=True)
            if finding.mend:
                out.print(f"         → {escape(finding.mend)}", soft_wrap=True)
    if state is State.PROBLEM:
        raise click.exceptions.Exit(1)


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:
    """Last success, lag and quota of each source, the next digests, and what was delivered."""
    found = run(_status(context.config, context.clock))
    if as_json:
        _print_json(found)
    else:
        _show(found)


async def _status(config: Config, clock: Clock) -> dict[str, Any]:
    from bot.app.health import document, health
    from bot.store import Archive

    async with await Archive.open(config.archive, create=False) as archive:
        return document(await health(archive, config, clock))


def _show(found: dict[str, Any]) -> None:
    out = terminal.console()
    archive, days = found["archive"], found["days"]
    out.print(f"[bold]hotpapers {found['version']}[/bold] · {terminal.moment(found['at'])}")
    out.print(f"Archive: {escape(archive['path'])} ({archive['bytes'] / 1e6:,.1f} MB)")
    still_open = ", ".join(map(str, days["open"])) or "none"
    out.print(f"Days: newest closed {days['newest_closed'] or 'none'}, open {still_open}")
    out.print("[bold]Sources[/bold]")
    for line in _sources(found["sources"]):
        out.print(f"  {escape(line)}", soft_wrap=True)
    out.print("[bold]Next digests[/bold]")
    for slot in found["next_slots"]:
        out.print(f"  {terminal.moment(slot['at'])}: digest {slot['rule']} in {slot['channel']}")
    rules = ", ".join(f"{count} {name}" for name, count in found["rules"].items())
    out.print(f"Digests set up: {rules}")
    sent = ", ".join(f"{count} {state}" for state, count in found["deliveries"].items())
    out.print(f"Messages: {sent or 'none yet'}")


def _sources(found: list[dict[str, Any]]) -> list[str]:
    """A line for each network, and for each thing that arXiv's categories have to say."""
    groups: dict[tuple[bool, str], list[str]] = {}
    for source in found:
        kind, _, category = source["source"].partition(":")
        name = category or words.NAMES[Network(kind)]
        groups.setdefault((bool(category), _said(source)), []).append(name)
    return [
        f"{'arXiv, ' if is_arxiv else ''}{_together(names)}: {said}"
        for (is_arxiv, said), names in groups.items()
    ]


def _together(names: list[str]) -> str:
    return ", ".join(names) if len(names) < _MANY else f"{len(names)} categories"


def _said(source: dict[str, Any]) -> str:
    if source["status"] is None:
        return "not asked yet"
    parts = [f"{source['status']} for {source['day']}"]
    if source["lag_seconds"] is not None:
        parts.append(f"last success {_ago(source['lag_seconds'])} ago")
    if source["quota"] is not None:
        quota = source["quota"]
        parts.append(f"{quota['used']:,} of {quota['limit']:,} {quota['unit']} today")
    if source["reason"]:
        parts.append(source["reason"])
    return "; ".join(parts)


def _ago(seconds: int) -> str:
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            return words.counted(seconds // length, name)
    return words.counted(seconds, "second")


def _print_json(document: dict[str, Any]) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(document)).decode())


COMMANDS = (doctor, status)
