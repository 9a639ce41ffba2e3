"""What the demo does, step by step."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from sqlite_utils import Database

from bot import config, queries
from bot.cards.actions import HotPage
from bot.clock import ShiftedClock
from bot.config import Config, Secret, Secrets
from bot.container import Services, services
from bot.delivery import Deliveries
from bot.demo.answers import Answers
from bot.demo.channel import FileChannel
from bot.demo.preview import PreviewMessage, page
from bot.demo.server import serving
from bot.errors import HotpapersError
from bot.models import Layout, RankingQuery, Rule
from bot.output import terminal
from bot.store import rules

DAY = date(2021, 3, 30)
# When the old blog counted this day; its counting window had ended four hours before.
NOW = datetime(2021, 3, 31, 10, 26, 50, tzinfo=UTC)
BOT, CHANNEL, ZONE = "hotpapers", "hot-papers", ZoneInfo("Europe/Berlin")

_RULE = Rule(
    guild_id=1,
    channel_id=1,
    categories=(),
    at=time(12, 0),
    zone=ZONE.key,
    top=10,
    layout=Layout.FULL,
    created_at=NOW - timedelta(days=1),
)

_CONFIG = """\
# Written by 'hotpapers demo'. The sample services are gone; the archive can be asked:
#   hotpapers --config {file} hot --date 2021-03-30
[archive]
path = "hotpapers.db"

[sources.bluesky]
enabled = false  # the demo's day was before Bluesky

[sources.mastodon]
enabled = false
"""


async def show(out: Path) -> None:
    """Build the archive in ``out``, print the digest, write the page. Raises HotpapersError."""
    file = _prepare(out)
    async with serving() as address, services(_config(file, address), ShiftedClock(NOW)) as s:
        report = await s.daily.run(DAY)
        channel = FileChannel(out / "channel.json", s.clock)
        await s.archive.write(_add_rule_once)
        await Deliveries(s.archive, s.config.settings, s.clock, channel).tick()
        ranking = await queries.ranking(s.archive, s.config.settings, RankingQuery(DAY))
        if ranking is None:
            raise HotpapersError("The sample day could not be built.")
        terminal.show_outcomes(f"Harvest of {DAY}", report.harvest)
        terminal.show_outcomes("Posts", report.collect)
        console = terminal.console()
        console.print()
        # What a terminal shows when the program ends is the end.
        terminal.show_ranking(ranking, best_last=console.is_terminal)
        preview = out / "preview.html"
        preview.write_text(await _page(s, channel), encoding="utf-8")
    _say_what_next(file, preview)


def _prepare(out: Path) -> Path:
    """The folder with its configuration, which is left alone when it is there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = out / "config.toml"
        if not file.exists():
            file.write_text(_CONFIG.format(file=file), encoding="utf-8")
    except OSError as error:
        raise HotpapersError(f"The demo cannot write to {out}: {error.strerror}.") from error
    return file


def _config(file: Path, address: str) -> Config:
    """The folder's configuration, with every service at the sample server."""
    loaded = config.load(file, {})
    told = loaded.settings
    arxiv = {"feed_url": address, "listing_url": address, "oai_url": address, "api_url": address}
    unpaced = {"seconds_between_requests": 0.0, "seconds_between_pages": 0.0}
    sources = msgspec.structs.replace(
        told.sources,
        x=msgspec.structs.replace(told.sources.x, url=address, oembed_url=address),
        hackernews=msgspec.structs.replace(told.sources.hackernews, url=address),
        huggingface=msgspec.structs.replace(told.sources.huggingface, url=address),
    )
    settings = msgspec.structs.replace(
        told, arxiv=msgspec.structs.replace(told.arxiv, **arxiv, **unpaced), sources=sources
    )
    secrets = Secrets(x_bearer_token=Secret("the sample server takes any"))
    return Config(settings, secrets, loaded.archive, file)


def _add_rule_once(db: Database) -> None:
    if not rules.of_guild(db, _RULE.guild_id):
        rules.save(db, _RULE)


async def _page(s: Services, channel: FileChannel) -> str:
    """The channel, below it what a member gets who asks, and what all their buttons answer."""
    messages = [PreviewMessage(author=BOT, at=at, payload=body) for at, body in channel.messages()]
    answers = Answers(s, author=BOT)
    query = RankingQuery(DAY, categories=("cs.CL",))
    asked = await answers.to(HotPage(query))
    messages.append(replace(asked, note="Someone asked /hot date: 30 march 2021 category: cs.CL"))
    return page(
        messages,
        channel=CHANNEL,
        title="hotpapers: a sample day (times in UTC). Its buttons answer.",
        zone=ZoneInfo("UTC"),
        answers=await answers.to_all_buttons(messages),
    )


def _say_what_next(file: Path, preview: Path) -> None:
    say = terminal.console()
    program = terminal.program(file)
    say.print(f"\nThe same as messages in Discord: [bold]{preview}[/bold]", soft_wrap=True)
    say.print("\nAsk the archive:")
    for command in (
        f"hot --date {DAY} --category cs.CL",
        "why 2103.15691",
        "search 'vision transformer'",
        "paper https://arxiv.org/abs/2103.15691",
    ):
        say.print(f"  {program} {command}", soft_wrap=True)
