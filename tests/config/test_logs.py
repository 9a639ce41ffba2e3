import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Literal

import discord
import pytest

from bot.config import Secret, logs
from bot.models import Network
from bot.problems import Code, Problem

logger = logging.getLogger("bot.pipeline")


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is the process's: what a test configures must not reach the next."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    libraries = {name: logging.getLogger(name).level for name in ("discord", "aiohttp", "asyncio")}
    yield
    for name, before in libraries.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def after_head(line: str) -> str:
    """Without time, level and logger."""
    return line.split(" ", 3)[3]


def test_text_is_one_line_per_event_with_its_identifiers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", "text")
    logs.event(logger, logging.INFO, "harvest.done", day=date(2021, 3, 30), papers=40)
    (line,) = lines(capsys)
    head, rest = line.split(" ", 1)
    assert datetime.fromisoformat(head).tzinfo is not None
    assert rest == "INFO bot.pipeline harvest.done day=2021-03-30 papers=40"


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_problem_is_its_code_and_its_arguments(
    format: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", format)
    reason = Problem(Code.HOST_ANSWERED, host="x.org", status=404, address="https://x.org/a")
    logs.event(logger, logging.INFO, "collect.source", status="failed", reason=reason)
    (line,) = lines(capsys)
    if format == "text":
        assert after_head(line) == (
            "collect.source status=failed code=host_answered address=https://x.org/a "
            "host=x.org reason_status=404"
        )
    else:
        told = json.loads(line)
        assert (told["code"], told["status"], told["reason_status"]) == (
            "host_answered", "failed", 404,
        )  # fmt: skip


def test_json_holds_the_same_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    logs.event(
        logger,
        logging.WARNING,
        "source.failed",
        source=Network.X,
        at=datetime(2026, 9, 24, 0, 10, tzinfo=UTC),
        ids=("2103.15691", "2103.15679"),
        ratio=float("nan"),
        level="mine",
        reason=None,
    )
    (line,) = lines(capsys)
    found = json.loads(line)
    assert datetime.fromisoformat(found.pop("time")).tzinfo is not None
    assert found == {
        "level": "warning",
        "logger": "bot.pipeline",
        "event": "source.failed",
        "source": "x",
        "at": "2026-09-24T00:10:00+00:00",
        "ids": ["2103.15691", "2103.15679"],
        "ratio": "nan",
        "level_": "mine",
        "reason": None,
    }


def test_ids_of_discord_are_text_in_json_as_readers_round_large_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", "json")
    guild, first = 1_234_567_890_123_456_789, 175_928_847_299_117_063
    logs.event(logger, logging.INFO, "digest.sent", guild=guild, users=[first], rule=7, n=2**53 - 1)
    (line,) = lines(capsys)
    fields = json.loads(line, parse_int=float)
    assert (fields["guild"], fields["users"]) == (str(guild), [str(first)])
    assert (fields["rule"], fields["n"]) == (7, 2**53 - 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("two words", '"two words"'),
        ("", '""'),
        ("a=b", '"a=b"'),
        ("x\nINFO bot.pipeline forged", '"x\\nINFO bot.pipeline forged"'),
        ("a\u2028b\x1b[31m\u202e", '"a\\u2028b\\u001b[31m\\u202e"'),
        ("α-divergence", "α-divergence"),
        (["cs.CL", "cs.CV"], "cs.CL,cs.CV"),
        ({"x": 1}, '{"x": 1}'),
        (True, "true"),
        (None, "null"),
        (ValueError("bad id"), '"ValueError: bad id"'),
        (Secret("hunter2-hunter2"), "Secret('*****')"),
    ],
)
def test_values_stay_on_their_line(
    value: object, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", "text")
    logs.event(logger, logging.INFO, "paper.skipped", field=value)
    (line,) = lines(capsys)
    assert after_head(line) == f"paper.skipped field={shown}"


def test_events_below_the_level_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning", "text")
    logs.event(logger, logging.INFO, "harvest.done")
    assert lines(capsys) == []


def test_the_last_configuration_counts_alone(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    logs.configure("info", "text")
    logs.event(logger, logging.INFO, "harvest.done")
    (line,) = lines(capsys)
    assert line.endswith(" harvest.done")


def fail() -> ValueError:
    try:
        raise ValueError("no date\nin the heading")
    except ValueError as error:
        return error


def test_an_error_is_one_line_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "text")
    logs.event(logger, logging.ERROR, "harvest.failed", day=date(2021, 3, 30), error=fail())
    (line,) = lines(capsys)
    event = after_head(line)
    assert event.startswith(
        'harvest.failed day=2021-03-30 error="ValueError: no date\\nin the heading" '
        "at=test_logs.py:"
    )


@pytest.mark.parametrize("format", ["text", "json"])
def test_debug_shows_the_traceback_once(format: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", "json" if format == "json" else "text")
    logs.event(logger, logging.ERROR, "harvest.failed", error=fail())
    written = lines(capsys)
    assert "\n".join(written).count("Traceback (most recent call last)") == 1
    assert all(line.startswith("    | ") for line in written[1:])
    assert len(written) == 1 or format == "text"


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("value", ["MTA0.Gx-token/with+signs=", 'quo"ted\\pass-wörd'])
def test_hidden_secrets_are_starred_wherever_they_come_from(
    format: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug", "json" if format == "json" else "text")
    logs.hide(Secret(value))
    stranger = logging.getLogger("stranger")
    try:
        raise RuntimeError(f"login with {value} failed")
    except RuntimeError:
        stranger.exception("cannot use %s", value)
    logs.event(logger, logging.INFO, "asked", header=f"Bearer {value}", also=[value, {"k": value}])
    err = capsys.readouterr().err
    assert err.count(logs.STARS) >= 5
    for part in (value, value[4:-4], json.dumps(value)[1:-1]):
        assert part not in err
    assert "login with ***** failed" in err


def test_a_secret_too_short_to_hide_does_not_spoil_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure("info", "text")
    logs.hide(Secret(""))
    logs.hide(Secret("a"))
    logs.event(logger, logging.INFO, "harvest.done", day="today")
    (line,) = lines(capsys)
    assert after_head(line) == "harvest.done day=today"


def test_libraries_speak_at_warning_only(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("debug", "text")
    for name in ("discord.gateway", "apscheduler.scheduler", "aiohttp.access"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("news of %s", name)
    assert [after_head(line) for line in lines(capsys)] == [
        "news of discord.gateway",
        "news of apscheduler.scheduler",
        "news of aiohttp.access",
    ]


async def test_discord_does_not_mention_voice(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unmodified library, which warns once per process when a client is made."""
    monkeypatch.setattr(discord.VoiceClient, "warn_nacl", True)
    monkeypatch.setattr(discord.VoiceClient, "warn_dave", True)
    logs.configure("info", "text")
    discord.Client(intents=discord.Intents(guilds=True))
    assert lines(capsys) == []
    logging.getLogger("discord.client").warning("a real problem")
    assert len(lines(capsys)) == 1


def test_a_librarys_multi_line_message_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "text")
    logging.getLogger("stranger").warning("first\nsecond")
    (line,) = lines(capsys)
    assert after_head(line) == "first\\nsecond"
