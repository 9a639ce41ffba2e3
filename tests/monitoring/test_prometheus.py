"""The alert rules and the dashboard ask for metrics that there are, and promtool reads both."""

import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from bot.clock import SystemClock
from bot.config import Config, Secrets, Settings
from bot.container import services
from bot.models import Outcome, Status
from bot.monitoring.endpoints import Connection, Watching, serving
from bot.store import days, upkeep
from bot.store.upkeep import Task
from tests import processes
from tests.e2e import program
from tests.factories import DAY, NOW

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES, DASHBOARD = DEPLOY / "prometheus-rules.yml", DEPLOY / "grafana-dashboard.json"
TESTS_OF_RULES = Path(__file__).with_name("prometheus_rules_test.yml")
# What Prometheus has of every job, and its client of every process.
OTHERS = re.compile(r"up|process_\w+")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[str]:
    """`/metrics` of a bot of which everything is known."""
    config = Config(Settings(), Secrets(), tmp_path / "hotpapers.db")
    async with services(config, SystemClock()) as opened:
        await opened.archive.write(days.open_day, DAY)
        outcome = Outcome(source="hackernews", status=Status.OK, at=NOW)
        await opened.archive.write(days.add_outcomes, DAY, "collect", [outcome])
        await opened.archive.write(upkeep.note, Task.CHECK, None, now=NOW)
        opened.http.requests.add("arxiv.org", "", opened.clock.now().date())
        watching = Watching(opened, lambda: Connection(True, 0.1, 3, {"GUILD_CREATE": 1}), int)
        async with (
            serving(watching, "127.0.0.1", 0) as address,
            aiohttp.ClientSession() as session,
            session.get(f"{address}/metrics") as answer,
        ):
            yield await answer.text()


def rules() -> list[dict[str, Any]]:
    return [r for group in yaml.safe_load(RULES.read_text())["groups"] for r in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (t["expr"] for panel in panels() for t in panel.get("targets", ()))


def test_they_ask_for_metrics_that_there_are(page: str) -> None:
    served = set(re.findall(r"(?m)^([a-z_]+)[{ ]", page))
    asked = {
        name
        for text in expressions()
        for name in re.findall(r"\b(?:hotpapers_|process_|up\b)\w*", text)
        if not OTHERS.fullmatch(name)
    }
    assert len(asked) > 20
    assert asked - served == set()


def test_every_alert_says_what_is_the_matter_and_stands_in_the_document() -> None:
    document = (DEPLOY.parent / "docs" / "running.md").read_text()
    for rule in rules():
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
    documented = set(re.findall(r"`(Hotpapers\w+)`", document))
    assert documented == {rule["alert"] for rule in rules()}


def test_each_panel_has_a_place_of_its_own() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


# --- promtool, where it is had (Debian has it in the package prometheus) -------------------------


def promtool(*words: object, typed: str = "", cwd: Path = DEPLOY) -> str:
    """What it says. Fails unless that is good."""
    process = processes.begin([program.tool("promtool"), *words], cwd=cwd, stdin=subprocess.PIPE)
    done = processes.end(process, typed)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.rehearsal
def test_promtool_has_nothing_to_say_of_the_metrics(page: str) -> None:
    assert promtool("check", "metrics", typed=page) == ""


@pytest.mark.rehearsal
def test_promtool_understands_the_rules_and_they_fire_when_they_should(tmp_path: Path) -> None:
    promtool("check", "rules", RULES)
    for file in (RULES, TESTS_OF_RULES):
        shutil.copy(file, tmp_path)
    assert "SUCCESS" in promtool("test", "rules", TESTS_OF_RULES.name, cwd=tmp_path)


@pytest.mark.rehearsal
def test_promtool_understands_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [t["expr"] for panel in panels() for t in panel.get("targets", ())]
    recorded = [{"record": f"asked:{n}", "expr": expr} for n, expr in enumerate(asked)]
    file = tmp_path / "asked.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    assert f"{len(asked)} rules found" in promtool("check", "rules", file)
