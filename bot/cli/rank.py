"""What other settings would change on a past day: rank."""

from collections.abc import Mapping
from datetime import date

import click

from bot.cli.context import Context, ListingDate, json_option, pass_context, print_json, run
from bot.cli.no_listing import show_no_listing
from bot.config import Config
from bot.models import Network
from bot.output import json, terminal
from bot.queries.replay import Replay, replay
from bot.store import Archive


class Rate(click.ParamType[tuple[Network, float]]):
    """``SOURCE=R``."""

    name = "SOURCE=R"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Network, float]:
        source, found, rate = str(value).partition("=")
        try:
            if not found:
                raise ValueError
            return Network(source.strip().lower()), float(rate)
        except ValueError:
            known = ", ".join(network.value for network in Network)
            self.fail(f"{value!r} is not SOURCE=R with a source of {known}", param, ctx)


@click.command()
@click.option("--date", "day", type=ListingDate(), required=True, help="A listing day.")
@click.option("--rate", "changed", type=Rate(), multiple=True, help="Such as bluesky=3.")
@click.option("--bar", type=click.FloatRange(min=0), help="The score from which a paper is shown.")
@click.option("--diff", is_flag=True, help="Only what differs from the settings in force.")
@json_option
@pass_context
def rank(
    context: Context,
    day: date,
    changed: tuple[tuple[Network, float], ...],
    bar: float | None,
    diff: bool,
    as_json: bool,
) -> None:
    """A past day under other settings. Nothing is changed."""
    found = run(_replay(context.config, day, dict(changed), bar))
    if found is None:
        show_no_listing(day, context.config, context.clock.now(), as_json=as_json)
    elif as_json and diff:
        print_json(json.changes(day, found))
    elif as_json:
        print_json(json.replayed(day, found))
    else:
        terminal.show_replay(day, found)
        if diff:
            terminal.show_changes(found.changes())
        else:
            terminal.show_papers(found.after)


async def _replay(
    config: Config, day: date, changed: Mapping[Network, float], bar: float | None
) -> Replay | None:
    async with await Archive.open(config.archive, create=False) as archive:
        return await replay(archive, config.settings, day, changed=changed, bar=bar)


COMMANDS = (rank,)
