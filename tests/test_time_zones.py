"""The newer time zone database counts."""

import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import time_zones
from bot.monitoring import host_checks
from bot.monitoring.checks import State


def _system(folder: Path, name: str, header: str) -> str:
    folder.mkdir()
    (folder / "UTC").write_bytes(b"")
    (folder / name).write_text(header, "ascii")
    return str(folder)


@pytest.mark.parametrize(
    ("name", "header", "version"),
    [
        ("tzdata.zi", "# version 2024b\n# This zic input file is in the public domain.\n", "2024b"),
        ("+VERSION", "2025a\n", "2025a"),
        ("tzdata.zi", "# redo posix_only\n", ""),
        ("README", "2025a\n", ""),
    ],
)
def test_a_system_says_its_version(tmp_path: Path, name: str, header: str, version: str) -> None:
    found = _system(tmp_path / "zoneinfo", name, header)
    assert time_zones.system_version(["/nowhere", found]) == version


@pytest.mark.parametrize(("system", "kept"), [("2020a", False), ("", False), ("2999a", True)])
def test_the_newer_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, kept: bool
) -> None:
    monkeypatch.setattr(time_zones, "package_version", lambda: "2026f")
    before = zoneinfo.TZPATH
    try:
        zoneinfo.reset_tzpath([_system(tmp_path / "z", "+VERSION", f"{system}\n")])
        time_zones.use_newest()
        assert bool(zoneinfo.TZPATH) is kept
        assert time_zones.version_in_force() == (system if kept else "2026f")
    finally:
        zoneinfo.reset_tzpath(before)
        zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.parametrize(
    ("version", "state"),
    [("2026f", State.OK), ("2026a", State.OK), ("2025b", State.HINT), ("2019c", State.HINT),
     ("", State.HINT)],
)  # fmt: skip
def test_a_database_older_than_a_year_is_told(version: str, state: State) -> None:
    check = host_checks.zones(datetime(2026, 12, 1, tzinfo=UTC), version)
    assert check.state is state
    assert version in check.message
