"""The program as it is installed: from the source distribution, into an environment of its own, and
into one that another program shares.

Nothing is fetched: what it depends on is the tests' own environment.
"""

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import processes
from tests.e2e import program
from tests.test_packaging import CHECKOUT, copy_context

pytestmark = pytest.mark.rehearsal

SECONDS = 180


class Environment:
    """One of its own, in which the libraries of the tests' are found behind what is installed."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "environment"
        made = processes.run([sys.executable, "-m", "venv", "--without-pip", self.root])
        assert made.returncode == 0, made.stderr
        self.packages = Path(
            sysconfig.get_path("purelib", vars={"base": str(self.root), "platbase": str(self.root)})
        )
        libraries = sysconfig.get_path("purelib")
        (self.packages / "libraries.pth").write_text(f"{libraries}\n")

    def install(self, what: Path) -> None:
        done = processes.run(
            [
                *(sys.executable, "-m", "pip", "--python", self.root / "bin" / "python"),
                *("install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"),
                *("--disable-pip-version-check", "--ignore-installed", what),
            ],
            env=program.environment(),
            seconds=SECONDS,
        )
        assert done.returncode == 0, done.stderr

    def hotpapers(
        self, *words: str, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        command = [self.root / "bin" / "hotpapers", *words]
        return processes.run(
            command, cwd=cwd, env=program.environment(**variables), seconds=SECONDS
        )


@pytest.fixture(scope="module")
def source_distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory"]
    done = processes.run([*command, folder], cwd=CHECKOUT, seconds=SECONDS)
    assert done.returncode == 0, done.stderr
    [file] = folder.glob("*.tar.gz")
    return file


@pytest.fixture(scope="module")
def installed(
    source_distribution: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Environment]:
    def install(folder: Path) -> Environment:
        environment = Environment(folder)
        environment.install(source_distribution)
        return environment

    return install


def other_program(folder: Path) -> Path:
    """A distribution that calls its package `bot`, as many do."""
    (folder / "bot").mkdir(parents=True)
    (folder / "bot" / "__init__.py").write_text('print("the weather")\n')
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "weather-bot"\nversion = "1.0"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["bot"]\n'
    )
    return folder


def test_from_the_source_distribution_the_demo_runs_with_all_its_data(
    installed: Callable[[Path], Environment], tmp_path: Path
) -> None:
    environment = installed(tmp_path)
    done = environment.hotpapers("demo", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ViViT: A Video Vision Transformer" in done.stdout
    assert (tmp_path / "hotpapers-demo" / "preview.html").stat().st_size > 100_000
    asked = environment.hotpapers("paper", "2103.15691", cwd=tmp_path / "hotpapers-demo")
    assert "Anurag Arnab" in asked.stdout


def test_another_programs_package_in_place_of_ours_is_said_in_a_sentence(
    installed: Callable[[Path], Environment], tmp_path: Path
) -> None:
    environment = installed(tmp_path)
    environment.install(other_program(tmp_path / "other"))
    done = environment.hotpapers("demo", cwd=tmp_path)
    assert done.returncode == 1
    assert "the weather" not in done.stdout  # nothing of it ran
    [sentence] = done.stderr.splitlines()
    assert "belongs to weather-bot" in sentence
    assert "environment of its own" in sentence


def test_so_is_one_that_stands_before_ours_on_the_path(
    installed: Callable[[Path], Environment], tmp_path: Path
) -> None:
    other = other_program(tmp_path / "other")
    done = installed(tmp_path).hotpapers("--version", cwd=tmp_path, PYTHONPATH=str(other))
    assert done.returncode == 1
    assert str(other / "bot") in done.stderr
    assert "Traceback" not in done.stderr


def newer(folder: Path) -> Path:
    """The source of the next version, which changes the archive's schema."""
    copy_context(folder)
    for name, text in (("pyproject.toml", 'version = "'), ("bot/__init__.py", '__version__ = "')):
        file = folder / name
        file.write_text(file.read_text().replace(text, f"{text}9."))
    migrations = folder / "bot" / "store" / "migrations.py"
    with migrations.open("a") as steps:
        steps.write("\n\n@steps()\ndef m999_next(db: Database) -> None:\n")
        steps.write('    _run(db, "CREATE TABLE next (a INTEGER);")\n')
    return folder


def test_an_update_and_the_way_back_as_the_document_has_them(
    installed: Callable[[Path], Environment], source_distribution: Path, tmp_path: Path
) -> None:
    """docs/running.md, "Updating and going back"."""
    environment, folder = installed(tmp_path), tmp_path / "hotpapers-demo"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return environment.hotpapers(*words, cwd=folder)

    assert environment.hotpapers("demo", cwd=tmp_path).returncode == 0
    assert run("backup", "before.zip").returncode == 0
    environment.install(newer(tmp_path / "newer"))
    assert "version 9." in run("--version").stdout
    assert run("status").returncode == 0
    environment.install(source_distribution)
    refused = run("status")
    assert (refused.returncode, "written by a newer hotpapers" in refused.stderr) == (1, True)
    assert run("restore", "before.zip").returncode == 0
    assert "ViViT" in run("hot", "--date", "2021-03-30").stdout


def test_a_shell_completes_commands(
    installed: Callable[[Path], Environment], tmp_path: Path
) -> None:
    environment = installed(tmp_path)
    script = environment.hotpapers(cwd=tmp_path, _HOTPAPERS_COMPLETE="bash_source")
    assert "complete -o nosort -F _hotpapers_completion hotpapers" in script.stdout
    done = environment.hotpapers(
        cwd=tmp_path,
        _HOTPAPERS_COMPLETE="bash_complete",
        COMP_WORDS="hotpapers archive ",
        COMP_CWORD="2",
    )
    assert done.stdout.split() == ["plain,check", "plain,tidy"]
