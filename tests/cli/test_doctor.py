"""`doctor` against a Discord on the loopback address: each thing that can be wrong is named."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.cli.doctor import archive as archive_checks
from bot.cli.doctor import examination
from bot.cli.doctor import sources as source_checks
from bot.clock import Clock, ManualClock, SystemClock
from bot.config import Config, Secret, Secrets, Settings, load
from bot.container import services
from bot.errors import ArchiveBusy, StoreError
from bot.messages.problems import words_or_nothing
from bot.models import Network, Outcome, Status
from bot.monitoring import host_checks
from bot.monitoring.checks import Check, State, worst
from bot.monitoring.health import SourceHealth
from bot.problems import Code, Problem
from bot.store import Archive, days, rules
from bot.store.archive_lock import holding
from tests import factories, processes
from tests.discordd import Channel, Guild, LoopbackDiscord, Perm
from tests.discordd.faults import Breakage
from tests.discordd.pointing import pointed_at
from tests.discordd.settings import Settings as DiscordSettings
from tests.e2e import program
from tests.services.xd import XD

TOKEN = DiscordSettings.token
GUILD_COMMANDS = r"/applications/\d+/guilds/\d+/commands"


@dataclass(frozen=True)
class Place:
    """A configured bot with one digest in one channel."""

    server: LoopbackDiscord
    guild: Guild
    channel: Channel
    config: Config

    async def examine(
        self, config: Config | None = None, clock: Clock | None = None
    ) -> dict[str, Check]:
        with pointed_at(self.server):
            found = await examination.examine(config or self.config, clock or SystemClock())
        assert len({finding.name for finding in found}) == len(found)
        return {finding.name: finding for finding in found}

    async def problems(self) -> list[Check]:
        found = await self.examine()
        return [one for one in found.values() if one.state is State.PROBLEM]

    def settings(self, **changes: object) -> Config:
        sections = {
            name: msgspec.structs.replace(getattr(self.config.settings, name), **values)
            for name, values in changes.items()
            if isinstance(values, dict)
        }
        changed = msgspec.structs.replace(self.config.settings, **sections)
        return msgspec.structs.replace(self.config, settings=changed)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        channel = server.add_channel(guild, "papers")
        file = tmp_path / "config.toml"
        file.write_text(
            f'[bot]\ncontact = "me@example.org"\n[discord]\napi_url = "{server.api_url}"\n'
        )
        config = load(file, {"HOTPAPERS_DISCORD_TOKEN": TOKEN})
        async with await Archive.open(config.archive) as archive:
            rule = factories.rule(guild_id=guild.id, channel_id=channel.id, thread=True)
            await archive.write(rules.save, rule)
        yield Place(server, guild, channel, config)
        assert server.violations == []


async def test_when_all_is_well_nothing_is_a_problem(place: Place) -> None:
    found = await place.examine()
    assert worst(found.values()) is not State.PROBLEM
    assert found["token"].message.startswith("Discord knows the token: hotpapers (")
    assert found["digest:1"].message == ("Digest 1 can be posted in #papers in Reading group.")
    states = {name: found[name].state for name in ("disk", "archive", "clock", "intents")}
    assert set(states.values()) == {State.OK}


async def test_it_changes_nothing_at_discord(place: Place) -> None:
    await place.examine()
    assert {entry.method for entry in place.server.log} == {"GET"}
    assert place.server.gateway.identifies == []


async def test_a_wrong_token(place: Place) -> None:
    place.server.settings.token = "made-anew"
    (problem,) = await place.problems()
    assert problem.name == "token"
    assert "Discord refuses the token (401)" in problem.message
    assert "hotpapers init" in problem.fix


async def test_no_token(place: Place) -> None:
    config = msgspec.structs.replace(place.config, secrets=Secrets())
    found = await place.examine(config)
    assert found["token"].state is State.PROBLEM
    assert "HOTPAPERS_DISCORD_TOKEN is not set" in found["token"].message
    assert found["clock"].state is State.OK
    assert found["disk"].state is State.OK


async def test_a_discord_that_cannot_be_reached(place: Place) -> None:
    await place.server.stop()
    (problem,) = await place.problems()
    assert problem.name == "discord"
    assert "cannot be reached" in problem.message


@pytest.mark.parametrize("kind", ["status", "drop", "malformed", "rate_limit"])
async def test_a_discord_that_fails_half_way(place: Place, kind: Breakage) -> None:
    place.server.faults.add(kind, "GET", "/users/@me/guilds", times=None, status=503, seconds=3600)
    (problem,) = await place.problems()
    assert problem.name == "servers"
    assert "broke off" in problem.message


async def test_a_missing_applications_commands_scope(place: Place) -> None:
    place.server.faults.add("status", "GET", GUILD_COMMANDS, status=403, code=50001)
    (problem,) = await place.problems()
    assert problem.name == f"scope:{place.guild.id}"
    assert "Reading group lacks the scope applications.commands" in problem.message
    assert "https://discord.com/oauth2/authorize?" in problem.fix


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        (Perm.SEND_MESSAGES, "Send Messages"),
        (Perm.READ_MESSAGE_HISTORY, "Read Message History"),
        (Perm.CREATE_PUBLIC_THREADS, "Create Public Threads"),
    ],
)
async def test_a_missing_permission_in_a_channel(place: Place, denied: Perm, named: str) -> None:
    place.server.deny(place.channel, denied)
    (problem,) = await place.problems()
    assert problem.name == "digest:1"
    assert problem.message == (
        f"Digest 1 cannot be posted in #papers in Reading group: the bot lacks {named}."
    )
    assert f"allow {named}" in problem.fix


async def test_a_channel_that_is_gone(place: Place) -> None:
    place.server.delete_channel(place.channel)
    (problem,) = await place.problems()
    assert problem.name == "digest:1"
    assert "is gone, or the bot may not see it" in problem.message


async def test_a_server_that_the_bot_has_left(place: Place) -> None:
    place.server.remove_guild(place.guild)
    (problem,) = await place.problems()
    assert "the bot is not in server" in problem.message


async def test_a_bot_that_is_in_no_server_is_told_how_to_be_invited(place: Place) -> None:
    place.server.remove_guild(place.guild)
    found = await place.examine()
    assert found["servers"].state is State.HINT
    assert f"client_id={place.server.world.bot.id}" in found["servers"].fix


async def test_an_admin_channel_that_cannot_be_written_in(place: Place) -> None:
    config = place.settings(discord={"admin_channel": place.channel.id})
    assert (await place.examine(config))["admin_channel"].state is State.OK
    place.server.deny(place.channel, Perm.SEND_MESSAGES)
    assert (await place.examine(config))["admin_channel"].state is State.PROBLEM
    config = place.settings(discord={"admin_channel": 12345})
    assert (await place.examine(config))["admin_channel"].state is State.PROBLEM


async def test_commands_that_are_not_registered_yet(place: Place) -> None:
    found = await place.examine()
    assert found["commands"].state is State.HINT
    assert "hotpapers commands sync" in found["commands"].fix


@pytest.mark.parametrize("minutes", [5, -5])
async def test_a_clock_that_is_five_minutes_off(place: Place, minutes: int) -> None:
    clock = ManualClock(datetime.now(UTC) + timedelta(minutes=minutes))
    finding = (await place.examine(clock=clock))["clock"]
    assert finding.state is State.PROBLEM
    assert ("5 minutes ahead of" if minutes > 0 else "5 minutes behind") in finding.message
    assert "NTP" in finding.fix


def test_a_full_disk(tmp_path: Path) -> None:
    finding = host_checks.disk(tmp_path, lambda _: 3 * host_checks.MEGABYTE)
    assert finding.state is State.PROBLEM
    assert finding.message.startswith("The disk is full: 3.0 MB are free")
    assert host_checks.disk(tmp_path, lambda _: 500 * host_checks.MEGABYTE).state is State.HINT
    assert host_checks.disk(tmp_path).state is not State.PROBLEM


def test_room_on_the_disk_is_told_in_a_fitting_unit(tmp_path: Path) -> None:
    finding = host_checks.disk(tmp_path, lambda _: 74_121 * host_checks.MEGABYTE)
    assert finding.message == f"74.1 GB are free for the archive in {tmp_path}."


def test_a_folder_that_is_not_there_yet_has_the_room_of_the_one_above(tmp_path: Path) -> None:
    assert str(tmp_path) in host_checks.disk(tmp_path / "data" / "more").message


def test_a_folder_that_cannot_be_written_in() -> None:
    finding = host_checks.disk(Path("/proc"), lambda _: 2 * host_checks.NEARLY_FULL)
    assert finding.state is State.PROBLEM
    assert finding.message.startswith("Nothing can be written in /proc: ")


async def test_a_source_that_answers_401(place: Place) -> None:
    async with XD() as x:
        settings = place.config.settings
        sources = replace_all(
            settings, enabled=False, x=msgspec.structs.replace(settings.sources.x, url=x.url)
        )
        config = msgspec.structs.replace(
            place.config,
            settings=sources,
            secrets=msgspec.structs.replace(
                place.config.secrets, x_bearer_token=Secret("not-the-one")
            ),
        )
        async with services(config, SystemClock()) as opened:
            await opened.daily.collect(date(2021, 3, 30))
    found = await place.examine(config)
    assert found["source:x"].state is State.PROBLEM
    assert "401" in found["source:x"].message
    assert found["source:x"].fix == (
        "Its key is refused. Put a valid one into HOTPAPERS_X_BEARER_TOKEN."
    )
    assert found["source:hackernews"].state is State.OK
    assert "off" in found["source:hackernews"].message


def replace_all(settings: Settings, *, enabled: bool, **kept: msgspec.Struct) -> Settings:
    """Every network switched on or off but those that are given."""
    off = {
        network.value: msgspec.structs.replace(
            getattr(settings.sources, network.value), enabled=enabled
        )
        for network in Network
    }
    sources = msgspec.structs.replace(settings.sources, **(off | kept))
    return msgspec.structs.replace(settings, sources=sources)


def test_an_archive_that_another_process_holds() -> None:
    finding = archive_checks.unusable(ArchiveBusy("hotpapers run (process 4242) has it open"))
    assert finding.state is State.PROBLEM
    assert finding.message == (
        "Another process holds the archive: hotpapers run (process 4242) has it open"
    )


async def test_a_bot_that_runs_on_the_archive(place: Place) -> None:
    assert "holder" not in await place.examine()
    with_a_bot = (
        "import asyncio, sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from bot.store.archive_lock import holding\n"
        "async def main():\n"
        "    async with holding(Path(sys.argv[1]), 'run', datetime.now(UTC)):\n"
        "        print('held', flush=True)\n"
        "        sys.stdin.read()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", with_a_bot, place.config.archive,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    await process.stdout.readline()
    finding = (await place.examine())["holder"]
    assert finding.state is State.OK
    assert f"The bot runs: hotpapers run (process {process.pid} on " in finding.message
    await process.communicate(b"")
    assert "holder" not in await place.examine()


async def test_an_archive_that_is_none(place: Place) -> None:
    place.config.archive.write_text("not a database at all, only words" * 100)
    (problem,) = await place.problems()
    assert problem.name == "archive"
    assert "hotpapers restore" in problem.fix


def test_what_an_error_says_and_its_mend_are_told_once() -> None:
    found = archive_checks.unusable(StoreError(Problem(Code.NO_ARCHIVE, path="a.db")))
    assert found.message == "There is no archive at a.db."
    assert found.fix.startswith("'hotpapers daily' makes one")


async def test_an_archive_that_is_an_empty_file(place: Place) -> None:
    place.config.archive.write_bytes(b"")
    (problem,) = await place.problems()
    assert problem.message == f"The archive {place.config.archive} is an empty file."
    assert "'hotpapers restore FILE' puts a backup in its place" in problem.fix


async def test_without_an_archive_everything_else_is_looked_at(place: Place) -> None:
    place.config.archive.unlink()
    found = await place.examine()
    assert found["archive"].state is State.HINT
    assert found["token"].state is State.OK
    assert not place.config.archive.exists()


async def test_secrets_that_others_can_read(place: Place) -> None:
    assert place.config.file is not None
    secret = place.config.file.with_name("hotpapers.env")
    secret.write_text("# nothing yet\n")
    secret.chmod(0o644)
    (problem,) = await place.problems()
    assert problem.fix == f"chmod 600 {secret}"
    secret.chmod(0o600)
    assert await place.problems() == []


# --- sources, one by one ------------------------------------------------------------------------

AT = datetime(2021, 3, 31, 6, tzinfo=UTC)


def answered(status: int, address: str = "") -> Problem:
    return Problem(Code.HOST_ANSWERED, host="a.example", status=status, address=address)


def source(name: str, status: Status, reason: Problem | None = None) -> SourceHealth:
    outcome = Outcome(source=name.rpartition(":")[2], status=status, at=AT, reason=reason)
    return SourceHealth(source=name, last=outcome, day=date(2021, 3, 30))


@pytest.mark.parametrize(
    ("name", "status", "reason", "state", "mend"),
    [
        ("x", Status.OFF, Problem(Code.X_WITHOUT_TOKEN), State.HINT, "HOTPAPERS_X_BEARER_TOKEN"),
        ("x", Status.OFF, Problem(Code.SWITCHED_OFF), State.OK, ""),
        ("x", Status.FAILED, Problem(Code.X_TOKEN_REFUSED), State.PROBLEM, "valid one"),
        ("x", Status.FAILED, Problem(Code.X_NO_CREDIT, status=402), State.PROBLEM, "credit"),
        ("x", Status.FAILED, answered(403), State.PROBLEM, "its rights"),
        ("bluesky", Status.OK, None, State.HINT, "app password"),
        (
            "bluesky",
            Status.FAILED,
            Problem(Code.BLUESKY_LOGIN_REFUSED, handle="a.example", status=400),
            State.PROBLEM,
            "valid one",
        ),
        (
            "hackernews",
            Status.FAILED,
            Problem(Code.NO_ANSWER_IN_TIME, seconds=401.0),
            State.PROBLEM,
            "again by itself",
        ),
        ("hackernews", Status.FAILED, answered(403), State.PROBLEM, "switch it off"),
        (
            "mastodon",
            Status.INCOMPLETE,
            Problem(Code.SEVERAL, problems=[Problem(Code.NO_TIME_FOR_OLDER_POSTS), answered(403)]),
            State.HINT,
            "switch it off",
        ),
        ("huggingface", Status.EMPTY, None, State.OK, ""),
    ],
)
def test_each_source_is_told_what_would_improve_it(
    name: str, status: Status, reason: Problem | None, state: State, mend: str
) -> None:
    finding = source_checks.of_network(
        source(name, status, reason), Config(Settings(), Secrets(), Path("a.db"))
    )
    assert finding.state is state
    assert mend in finding.fix
    assert bool(finding.fix) == bool(mend)
    assert words_or_nothing(reason) in finding.message


def test_arxiv_is_one_finding_and_one_for_each_thing_that_went_wrong() -> None:
    categories = [source(f"arxiv:cs.{name}", Status.OK) for name in ("AI", "CL")]
    (all_well,) = source_checks.of_arxiv(categories)
    assert all_well.message == "arXiv answered for 2 of 2 categories."
    categories += [
        source("arxiv:cs.CV", Status.FAILED, answered(503, "https://a.example/cs.CV")),
        source("arxiv:cs.LG", Status.FAILED, answered(503, "https://a.example/cs.LG")),
        source("arxiv:stat.ML", Status.INCOMPLETE, Problem(Code.FEED_CUT, entries=2000)),
    ]
    found = source_checks.of_arxiv(categories)
    assert [(f.name, f.state) for f in found] == [
        ("source:arxiv", State.OK),
        ("source:arxiv:cs.CV", State.PROBLEM),
        ("source:arxiv:stat.ML", State.HINT),
    ]
    assert "cs.CV, cs.LG: a.example answered 503" in found[1].message
    outage = [
        source(f"arxiv:cs.A{n}", Status.FAILED, answered(503, f"https://a.example/cs.A{n}"))
        for n in range(9)
    ]
    (down,) = source_checks.of_arxiv(outage)
    assert down.message.endswith("cs.A4, cs.A5, 3 more: a.example answered 503.")
    nobody = [replace(category, last=None) for category in categories]
    assert [f.message for f in source_checks.of_arxiv(nobody)] == ["arXiv has not been asked yet."]


# --- through the command line -------------------------------------------------------------------


@pytest.mark.rehearsal
async def test_scripts_can_read_it(place: Place) -> None:
    folder = place.config.archive.parent
    done = await asyncio.to_thread(
        program.run, "doctor", "--json", cwd=folder, HOTPAPERS_DISCORD_TOKEN=TOKEN
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["state"] == "hint"
    assert {f["name"] for f in told["findings"]} >= {"token", "clock", "disk", "archive"}
    place.server.deny(place.channel, Perm.VIEW_CHANNEL)
    done = await asyncio.to_thread(program.run, "doctor", cwd=folder, HOTPAPERS_DISCORD_TOKEN=TOKEN)
    assert done.returncode == 1
    assert "problem " in done.stdout
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.rehearsal
async def test_from_the_outside_everything_that_is_wrong_is_named_at_once(place: Place) -> None:
    folder, archive = place.config.archive.parent, place.config.archive
    async with await Archive.open(archive) as opened:
        refusal = Outcome(
            source="x",
            status=Status.FAILED,
            at=datetime.now(UTC),
            reason=Problem(Code.X_TOKEN_REFUSED),
        )
        await opened.write(days.open_day, date(2021, 3, 30))
        await opened.write(days.add_outcomes, date(2021, 3, 30), "collect", [refusal])
    place.server.deny(place.channel, Perm.SEND_MESSAGES)
    place.server.faults.add("status", "GET", GUILD_COMMANDS, status=403, code=50001)
    ahead = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    async with holding(archive, "run", datetime.now(UTC)):
        done = await asyncio.to_thread(
            program.run, "doctor", cwd=folder, HOTPAPERS_DISCORD_TOKEN=TOKEN, HOTPAPERS_CLOCK=ahead
        )
    assert done.returncode == 1, done.stderr
    for words in (
        "The bot runs: hotpapers run (process",
        "The clock is 5 minutes ahead of Discord's",
        "lacks the scope applications.commands",
        "cannot be posted in #papers in Reading group: the bot lacks Send Messages",
        "X does not accept the bearer token (401)",
        "Put a valid one into HOTPAPERS_X_BEARER_TOKEN",
    ):
        assert words in done.stdout


@pytest.mark.rehearsal
def test_from_the_outside_a_disk_that_is_really_full(tmp_path: Path) -> None:
    """On a small disk of its own, in mounts that end with the process."""
    mounts = program.own_mounts()
    small = f'mount -t tmpfs -o size=1m tmpfs {tmp_path} && cd {tmp_path} && exec "$@"'
    done = processes.run(
        [*mounts, "sh", "-c", small, "sh", *program.command("doctor")],
        env=program.environment(PYTHONPATH=str(Path(__file__).parents[2])),
    )
    assert done.returncode == 1, done.stderr
    assert "The disk is full: 1.0 MB are free" in done.stdout
