"""`make bench`: every module here that has a `measure()`, one line a row, and a file of them all.

    python -m benchmarks [MODULE...] [--out FILE]

A module runs in a process of its own, so that none measures what another left behind. A goal that
is missed is told and no error; a measurement that fails is one.
"""

import json
import os
import pkgutil
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import msgspec

import benchmarks
from benchmarks.row import Row
from tests import processes

CHECKOUT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.json")
# All together should take less than fifteen minutes on two cores.
SECONDS = 600


@click.command()
@click.argument("modules", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=RESULTS)
@click.option("--child", is_flag=True, hidden=True)
def main(modules: Sequence[str], out: Path, child: bool) -> None:
    """Measure MODULES (all when none is named) and compare with goals."""
    if child:
        sys.stdout.write(msgspec.json.encode(measure(modules[0])).decode() + "\n")
        return
    known = names()
    unknown = set(modules) - set(known)
    if unknown:
        raise click.UsageError(f"no such benchmark: {', '.join(unknown)}; there are: {known}")
    rows, failed, started = [], [], time.monotonic()
    for name in modules or known:
        found = _in_a_process(name)
        if found is None:
            failed.append(name)
        for row in found or ():
            click.echo(line(row))
            rows.append(row)
    click.echo(f"# all took {time.monotonic() - started:.0f} s ({_cpu():.0f} s of CPU)", err=True)
    write(out, rows, failed)
    sys.exit(1 if failed else 0)


def names() -> list[str]:
    """Modules with a ``measure``, found without running them."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if "\ndef measure() -> " in _source(module.name)
    )


def _source(name: str) -> str:
    spec = find_spec(f"benchmarks.{name}")
    origin = spec.origin if spec else None
    return Path(origin).read_text(encoding="utf-8") if origin else ""


def measure(name: str) -> list[Row]:
    run: Callable[[], list[Row]] = import_module(f"benchmarks.{name}").measure
    return run()


def _in_a_process(name: str) -> list[Row] | None:
    """None when it failed; its own words are on standard error then."""
    started, worked = time.monotonic(), _cpu()
    try:
        done = processes.run(
            [sys.executable, "-m", "benchmarks", "--child", name],
            cwd=CHECKOUT,
            stderr=None,
            seconds=SECONDS,
        )
    except subprocess.TimeoutExpired:
        click.echo(f"{name}: failed, it took more than {SECONDS} s", err=True)
        return None
    if done.returncode != 0:
        click.echo(f"{name}: failed with code {done.returncode}", err=True)
        return None
    seconds, cpu = time.monotonic() - started, _cpu() - worked
    click.echo(f"# {name} took {seconds:.0f} s ({cpu:.0f} s of CPU)", err=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=list[Row])


def _cpu() -> float:
    """What all processes took that have ended: on a busy machine this tells more than time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def line(row: Row) -> str:
    """``name: figure (baseline figure, ratio), goal met | missed``."""
    ratio = f"ratio {row.figure / row.baseline:.2f}" if row.baseline else "no ratio"
    said = f"{row.name}: {_number(row.figure)} {row.unit}"
    baseline = f"baseline {_number(row.baseline)} {row.unit}"
    return f"{said} ({baseline}, {ratio}), goal {'met' if row.met else 'missed'}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def write(out: Path, rows: Sequence[Row], failed: Sequence[str]) -> None:
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "failed": list(failed),
        "rows": [asdict(row) for row in rows],
    }
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
