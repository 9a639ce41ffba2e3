"""What the pictures show: commands sent to the real bot, on the demo's day and an invented week."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import msgspec
from discord import ui
from sqlite_utils import Database

from bot.app.error_handler import describe
from bot.cards.notices import error
from bot.config import Settings
from bot.delivery.content import ContentBuilder, listings_of
from bot.delivery.due import SlotOutcome, Step
from bot.delivery.follow_digest import FollowDigestBuilder
from bot.delivery.preview import preview
from bot.delivery.slots import slots_between
from bot.demo import story
from bot.demo.preview import PreviewMessage
from bot.errors import StoreError
from bot.models import Layout, Outcome, Post, Rule, Status
from bot.pipeline.rank import refresh
from bot.store import Archive, days, follows, papers, posts, rules
from cogs.digests.form_fields import LABELS
from tests import factories
from tests.simcord_world import Answer, World, ask, fill_in, press, world

BOT = "hotpapers"
# Papers above the bar on the days before the demo's, as people will see them rehearsed.
_BEFORE = {24: 3, 25: 5, 26: 2, 29: 4}
_BELOW_BAR = "2103.99001"
_NLP = {"categories": "cs.CL, cs.IR", "hour": "09:00", "zone": "Europe/Berlin", "top": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture.

    ``channel`` is where it was, ``channels`` the names of those that are mentioned; ``whole`` is
    with the window around the messages, ``phone`` as wide as one, and light.
    """

    name: str
    messages: tuple[PreviewMessage, ...]
    channel: str = "nlp"
    channels: Mapping[int, str] = field(default_factory=dict)
    whole: bool = False
    phone: bool = False
    most_height: int = 10_000


async def scenes(folder: Path) -> list[Scene]:
    """All of them; ``folder`` is empty and may be thrown away afterwards."""
    async with world(await _archive(folder)) as found:
        made = [
            *await _digests(found),
            *await _looking_up(found),
            *await _setting_up(found),
            *await _following(found),
            _failing(found),
        ]
        assert found.errors, "a doubtful date is told as an error is"
        names = {channel.id: str(channel.name) for channel in found.guild.channels.values()}
        return [replace(scene, channels=names) for scene in made]


async def _archive(folder: Path) -> Path:
    with redirect_stdout(StringIO()):
        await story.show(folder / "demo")
    path = Path(shutil.copy(folder / "demo" / "hotpapers.db", folder / "pictures.db"))
    async with await Archive.open(path) as archive:
        await archive.write(_add_days)
        for number in _BEFORE:
            await refresh(archive, Settings(), date(2021, 3, number))
    return path


def _add_days(db: Database) -> None:
    for number, count in _BEFORE.items():
        day = date(2021, 3, number)
        names = [f"2103.{number}{place:03}" for place in range(count)]
        found = [factories.listed(name, day=day, categories=("cs.CL",)) for name in names]
        ended = story.NOW - (story.DAY - day)
        days.open_day(db, day)
        papers.save(db, found, now=ended)
        days.mark_harvested(db, day, now=ended)
        days.mark_counted(db, day, at=ended)
        days.add_outcomes(db, day, "collect", [Outcome(source="x", status=Status.OK, at=ended)])
        days.close(db, day, now=ended, late=False)
        posts.save(db, [_noticed(name) for name in names])


def _noticed(arxiv_id: str) -> Post:
    return factories.post(
        arxiv_id, arxiv_id, author="marten_veld", author_id="42", reposts=40, likes=60
    )


# --- messages -----------------------------------------------------------------------------------


def _posted(found: World, components: Sequence[object]) -> PreviewMessage:
    return PreviewMessage(author=BOT, at=found.clock.now(), payload={"components": components})


def _shown(found: World, view: ui.LayoutView) -> PreviewMessage:
    return _posted(found, [item.to_component_dict() for item in view.children])


def _answered(found: World, typed: str, answer: Answer) -> tuple[PreviewMessage, ...]:
    """The messages of an answer, below what was typed."""
    said = [_posted(found, message.components) for message in answer.messages]
    private = [replace(each, ephemeral=answer.private) for each in said]
    return (replace(private[0], note=typed), *private[1:])


def _scene(found: World, name: str, typed: str, answer: Answer, channel: str = "nlp") -> Scene:
    return Scene(name=name, messages=_answered(found, typed, answer), channel=channel)


# --- what is posted -----------------------------------------------------------------------------


def _rule(**changes: object) -> Rule:
    return factories.rule(guild_id=story.DAY.day, created_at=story.NOW, **changes)


async def _bodies(found: World, rule: Rule) -> list[PreviewMessage]:
    archive, settings = found.services.archive, found.services.config.settings
    shown = await preview(archive, settings, rule)
    assert shown is not None
    return [_posted(found, msgspec.json.decode(body)) for body in shown[1].bodies]


async def _digests(found: World) -> list[Scene]:
    full = await _bodies(found, _rule(layout=Layout.FULL))
    compact = await _bodies(found, _rule(layout=Layout.COMPACT))
    return [
        Scene(
            name="digest", messages=tuple(full), channel="hot-papers", whole=True, most_height=860
        ),
        Scene(name="digest-compact", messages=(compact[0],)),
        Scene(name="digest-full", messages=(full[0],)),
        Scene(
            name="digest-phone",
            messages=(compact[0],),
            channel="hot-papers",
            whole=True,
            phone=True,
            most_height=844,
        ),
        await _quiet(found),
    ]


async def _quiet(found: World) -> Scene:
    """The lines of slots without papers, one below the other."""
    archive, settings = found.services.archive, found.services.config.settings
    kitchen, rule = ContentBuilder(archive, settings), _rule(bar=5000)
    start = found.clock.now()
    dues = slots_between(rule, start, start + timedelta(days=300), listings_of(settings))
    absent = next(due for due in dues if due.absent)
    contents = [
        await kitchen.digest(rule, (story.DAY,)),
        await kitchen.build(rule, Step(absent, SlotOutcome.NO_LISTING)),
        await kitchen.build(rule, Step(dues[0], SlotOutcome.NOT_READY, waiting=(story.DAY,))),
    ]
    lines = [_posted(found, msgspec.json.decode(each.bodies[0])) for each in contents]
    slots = (start, absent.slot.at, dues[0].slot.at)
    at_their_time = [replace(line, at=at) for line, at in zip(lines, slots, strict=True)]
    return Scene(name="quiet", messages=tuple(at_their_time))


# --- what is asked ------------------------------------------------------------------------------


async def _looking_up(found: World) -> list[Scene]:
    who, where = found.member, found.nlp
    hot = await ask(who, where, "hot", date="2021-03-30", category="cs.LG", top=3)
    doubtful = await ask(who, where, "hot", date="2/3/2021")
    nothing = await ask(who, where, "hot", date="27 march 2021")
    foreign = await ask(who, where, "hot", category="math.CO")
    why = await ask(who, where, "why", paper="2103.14659")
    paper = await ask(who, where, "paper", paper="2103.15691")
    search = await ask(who, where, "search", query="self-supervised -video")
    return [
        _scene(found, "hot", "/hot date: 30 march 2021  category: cs.LG  top: 3", hot),
        _scene(found, "abstract", "Abstract", await press(who, hot, "Abstract")),
        _scene(found, "doubtful-date", "/hot date: 2/3/2021", doubtful),
        _scene(found, "no-listing", "/hot date: last saturday", nothing),
        _scene(found, "not-harvested", "/hot category: math.CO", foreign),
        _scene(found, "why", "/why paper: 2103.14659", why),
        _scene(found, "paper", "/paper paper: arxiv.org/pdf/2103.15691", paper),
        _scene(found, "search", "/search query: self-supervised -video", search),
        _scene(found, "help", "/help", await ask(who, where, "help")),
    ]


async def _setting_up(found: World) -> list[Scene]:
    who, where = found.admin, found.nlp
    closed = found.close_channel("announcements", send_messages=True, read_message_history=True)
    typed = "/digest add channel: #nlp categories: cs.CL, cs.IR hour: 09:00 zone: berlin top: 8"
    refused = await ask(who, where, "digest add", channel=closed, **_NLP)
    added = await ask(who, where, "digest add", channel=where, **_NLP)
    form = await press(who, added, "Edit")
    misread = await fill_in(who, form, {LABELS["when"]: "at nine"})
    await found.services.archive.write(_set_up_earlier)
    why = await ask(who, where, "digest why", paper=_BELOW_BAR, channel=where)
    welcome = await found.invite()
    greeting = [
        _posted(found, [one.to_dict() for one in message.components])
        for message in welcome.history()
    ]
    return [
        _scene(found, "digest-add", typed, added),
        _scene(found, "form-refused", "Edit", misread),
        _scene(found, "set-up-check", typed.replace("nlp", "announcements"), refused),
        _scene(found, "digest-list", "/digest list", await ask(who, where, "digest list")),
        _scene(found, "digest-why", f"/digest why paper: {_BELOW_BAR} channel: #nlp", why),
        Scene(name="welcome", messages=tuple(greeting), channel="general"),
    ]


def _set_up_earlier(db: Database) -> None:
    for rule in rules.undeleted(db):
        rules.change(db, rule, created_at=story.NOW - timedelta(days=7))


async def _following(found: World) -> list[Scene]:
    who, where = found.member, found.nlp
    answer = await ask(who, where, "follow", keyword="self-supervised", zone="berlin")
    await ask(who, where, "follow", category="cs.CL")
    archive, settings = found.services.archive, found.services.config.settings
    rule = await archive.read(follows.digest_of, who.id)
    assert rule is not None
    letter = await FollowDigestBuilder(archive, settings).write(rule, (story.DAY,), frozenset())
    followed = await ask(who, where, "following list")
    stored = await ask(who, where, "privacy show")
    return [
        _scene(found, "follow", "/follow keyword: self-supervised  zone: berlin", answer),
        Scene(
            name="letter",
            messages=tuple(_shown(found, each) for each in letter.cards),
            channel=BOT,
        ),
        _scene(found, "following-list", "/following list", followed),
        _scene(found, "privacy", "/privacy show", stored),
    ]


def _failing(found: World) -> Scene:
    said = describe(StoreError("disk I/O error"))
    card = error(said.what, said.now_does, said.you_can, "5f0c21aa")
    return Scene(
        name="error",
        messages=(replace(_shown(found, card), ephemeral=True, note="/hot"),),
    )
