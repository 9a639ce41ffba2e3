"""What a restore refuses, what comes into force, and where the archive goes."""

import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.context import Context
from bot.errors import ConfigError, HotpapersError, StoreError
from bot.store import backup as archive_copy
from bot.store import backup_file
from bot.store.backup_file import ARCHIVE, CONFIG, MANIFEST

# --- what is refused ----------------------------------------------------------------------------
from tests.store.move_files import new_machine, restored, run, why


def _repack(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)


def _flip(members: dict[str, bytes]) -> None:
    content = bytearray(members[ARCHIVE])
    content[len(content) // 2] ^= 0xFF
    members[ARCHIVE] = bytes(content)


def _newer_format(members: dict[str, bytes]) -> None:
    members[MANIFEST] = json.dumps({"format": 99, "future": True}).encode()


DAMAGES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a flipped byte": (_flip, "archive.db is not what it was"),
    "a member cut off": (lambda m: m.update({ARCHIVE: m[ARCHIVE][:5000]}), "not as long as it was"),
    "a member gone": (lambda m: m.__delitem__(ARCHIVE), "archive.db is missing"),
    "no manifest": (lambda m: m.__delitem__(MANIFEST), "is no backup of hotpapers"),
    "a broken manifest": (lambda m: m.update({MANIFEST: b"{"}), "cannot be read"),
    "a newer format": (_newer_format, "newer hotpapers"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_touched(
    made: Path, old: Path, damage: str
) -> None:
    change, said = DAMAGES[damage]
    _repack(made, change)
    before = sorted(p.name for p in (old.parent / "data").iterdir())
    result = run(old, "restore", made)
    assert isinstance(result.exception, StoreError)
    assert said in why(result)
    assert sorted(p.name for p in (old.parent / "data").iterdir()) == before


def _sealed(members: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest that names the members as they are, as whoever made them would."""
    manifest = json.loads(members[MANIFEST])
    manifest["members"] = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
        if name != MANIFEST
    }
    return members | {MANIFEST: json.dumps(manifest).encode()}


def _with_config(file: Path, text: str | bytes) -> None:
    content = text.encode() if isinstance(text, str) else text
    _repack(file, lambda m: m.update(_sealed({**m, CONFIG: content})))


def _seen(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "must name a file"),
        (".", "is a folder"),
        ("./", "is a folder"),
        ("kept", "is a folder"),
        ("config.toml", "is a file of the configuration"),
        ("./config.toml", "is a file of the configuration"),
        ("config.toml/a.db", "is a file of the configuration"),
        ("hotpapers.env", "is a file of the configuration"),
        ("pipe", "is no regular file"),
        ("a" * 300, "File name too long"),
        ("a\\u001b.db", "a character that is not seen"),
        ("notes.txt", "is another file"),
        ("backup.zip", "is the backup itself"),
    ],
)
def test_a_backup_cannot_choose_a_place_that_is_something_else(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, said: str
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    (folder / "kept").mkdir()
    (folder / "kept" / "letter.txt").write_text("Dear friend")
    (folder / "notes.txt").write_text("Do not lose")
    os.mkfifo(folder / "pipe")
    _with_config(made, f'[archive]\npath = "{path}"\n')
    made.rename(folder / "backup.zip")
    before = _seen(folder)
    for options in ((), ("--dry-run",)):
        result = restored(folder / "backup.zip", *options)
        assert isinstance(result.exception, HotpapersError)
        assert said in why(result)
        assert _seen(folder) == before


BAD = "[ranking]\nbar = -1\n[discord]\napi_url = 'ftp://x.example'\n[htp]\n"


def test_a_configuration_that_cannot_be_used_does_not_come_into_force(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    _with_config(made, BAD)
    error = restored(made, "--accept-addresses").exception
    assert isinstance(error, ConfigError)
    for key in ("ranking.bar", "discord.api_url", "htp: unknown key", str(made)):
        assert any(key in problem for problem in error.problems)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", [BAD, "[", b"\xff\xfe", "a" + ".a" * 600 + " = 1"])
def test_a_configuration_that_cannot_be_used_is_told_of_and_put_beside_the_one_in_force(
    made: Path, old: Path, text: str | bytes
) -> None:
    _with_config(made, text)
    result = run(old, "restore", made)
    assert result.exit_code == 0, result.exception
    assert "Its configuration cannot be used as it is:" in result.stdout
    assert old.with_name("config.restored.toml").exists()
    assert Context(old).config.archive.name == "a.db"


ELSEWHERE = (
    '[discord]\napi_url = "https://elsewhere.example/api"\nproxy = "http://me:pw@elsewhere.example"\n'
    '[sources.mastodon]\nservers = ["https://mastodon.social", "https://dіscord.example"]\n'
    '[watch]\nhost = "0.0.0.0"\n'
)


def test_other_addresses_come_into_force_only_when_they_are_accepted(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    _with_config(made, ELSEWHERE)
    shown = (
        "discord.api_url: https://elsewhere.example/api (here https://discord.com/api/v10)",
        "sources.mastodon.servers: https://d\\u0456scord.example (here https://mastodon.social)",
        "watch.host: 0.0.0.0 (here 127.0.0.1)",
    )
    result = restored(made)
    assert isinstance(result.exception, StoreError)
    assert "--accept-addresses" in why(result)
    assert [line for line in shown if line in result.stdout] == list(shown)
    assert "pw" not in result.stdout
    assert restored(made, "--dry-run").exit_code == 0
    assert list(folder.iterdir()) == []
    assert restored(made, "--accept-addresses").exit_code == 0
    assert Context(None).config.settings.watch.host == "0.0.0.0"  # noqa: S104 - nothing listens


@pytest.mark.parametrize("path", [".profile", ".config/start/a.db", "kept/letter"])
def test_an_archive_takes_a_name_that_others_obey_only_when_it_is_accepted(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    _with_config(made, f'[archive]\npath = "{path}"\n')
    result = restored(made)
    assert "--accept-addresses" in why(result)
    assert f"archive.path: {path} (here hotpapers.db)" in result.stdout
    assert list(folder.iterdir()) == []
    assert restored(made, "--accept-addresses").exit_code == 0
    assert (folder / path).exists()


def test_a_path_that_cannot_be_changed_stays_out_of_force(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    _with_config(made, 'archive = {path = "/elsewhere/a.db"}\n')
    result = restored(made)
    assert result.exit_code == 0, result.exception
    assert "It is not in force" in result.stdout
    assert (folder / "hotpapers.db").exists()
    assert not (folder / "config.toml").exists()


def test_addresses_of_this_machine_come_into_force_and_are_told(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_machine(tmp_path, monkeypatch)
    _with_config(made, '[discord]\napi_url = "http://127.0.0.1:8080"\n[watch]\nhost = "::1"\n')
    result = restored(made)
    assert result.exit_code == 0, result.exception
    assert "discord.api_url: http://127.0.0.1:8080 (here" in result.stdout


def test_addresses_that_stay_out_of_force_are_told_beside_those_in_force(
    made: Path, old: Path
) -> None:
    _with_config(made, ELSEWHERE)
    old.write_text('[discord]\nproxy = "http://me:secret@mine.example"\n')
    result = run(old, "restore", made)
    assert result.exit_code == 0, result.exception
    assert "discord.api_url: https://elsewhere.example/api (here" in result.stdout
    assert "stays in force" in result.stdout
    assert "secret" not in result.stdout


def test_a_strangers_words_do_not_command_a_terminal(made: Path, old: Path) -> None:
    nasty = "1.0\x1b[2J\u202e\x9b31m\nThe archive is at /elsewhere"

    def speak(members: dict[str, bytes]) -> None:
        manifest = json.loads(members[MANIFEST])
        members[MANIFEST] = json.dumps(manifest | {"program": nasty}).encode()
        content = f'"\\u001b[2J\\u009b" = 1\n"{"x" * 5000}\u202e" = 1\n'
        members.update(_sealed({**members, CONFIG: content.encode()}))

    _repack(made, speak)
    result = run(old, "restore", made)
    assert result.exit_code == 0, result.exception
    assert "hotpapers 1.0\\x1b[2J\\u202e\\x9b31m\\nThe archive" in result.stdout
    assert "\\x1b[2J\\x9b: unknown key" in result.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", result.stdout)
    assert max(map(len, result.stdout.splitlines())) < 1_100


def _shape(file: Path, member: str, change: Callable[[bytearray, int], None]) -> None:
    """Change both headers of a part; given is where its flags stand."""
    content = bytearray(file.read_bytes())
    for start, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        place = content.find(start)
        while content[place + name : place + name + len(member)] != member.encode():
            place = content.index(start, place + 1)
        change(content, place + flags)
    file.write_bytes(content)


def _set(content: bytearray, place: int, value: int, size: int) -> None:
    content[place : place + size] = value.to_bytes(size, "little")


def test_an_encrypted_part_or_one_packed_in_another_way_is_refused(made: Path, old: Path) -> None:
    whole = made.read_bytes()
    _shape(made, CONFIG, lambda content, flags: _set(content, flags, 1, 2))
    assert "is encrypted" in why(run(old, "restore", made))
    made.write_bytes(whole)
    _shape(made, CONFIG, lambda content, flags: _set(content, flags + 2, zipfile.ZIP_LZMA, 2))
    assert "packed in another way" in why(run(old, "restore", made))


def test_a_part_that_unpacks_to_more_than_it_says_takes_no_memory(made: Path, old: Path) -> None:
    with zipfile.ZipFile(made) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    said = len(members[MANIFEST])
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content + b" " * (8_000_000 if name == MANIFEST else 0))
    _shape(made, MANIFEST, lambda content, flags: _set(content, flags + 16, said, 4))
    tracemalloc.start()
    try:
        result = run(old, "restore", made)
        assert isinstance(result.exception, StoreError)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_a_part_that_is_too_long_is_refused(
    made: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_file, "_MAX_TEXT", 2_000)
    whole = made.read_bytes()
    _with_config(made, "#" * 2_001)
    assert "its config.toml is too long" in why(run(old, "restore", made))
    made.write_bytes(whole)
    _repack(made, lambda m: m.update({MANIFEST: m[MANIFEST] + b" " * 2_000}))
    assert "its manifest.json is too long" in why(run(old, "restore", made))
    old.write_text(old.read_text() + "#" * 2_001)
    assert "was not backed up" in why(run(old, "backup", made, "--overwrite"))


def test_too_many_parts_and_one_that_is_there_twice_are_refused(
    made: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = made.read_bytes()
    _repack(made, lambda m: m.update({f"{n}": b"" for n in range(20)}))
    assert "has 23 parts" in why(run(old, "restore", made))
    with monkeypatch.context() as patch:
        patch.setattr(backup_file, "_CHUNK", 70_000)
        _repack(made, lambda m: m.update({f"{n}" * 10_000: b"" for n in range(10, 20)}))
        assert "table of contents is too long" in why(run(old, "restore", made))
    made.write_bytes(whole)
    with zipfile.ZipFile(made, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr(ARCHIVE, b"another")
    assert "has a part twice" in why(run(old, "restore", made))


def test_names_that_lead_elsewhere_lead_nowhere(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    names = ("../up.txt", f"{tmp_path}/absolute.txt", "plain.txt")
    _with_config(made, "")
    _repack(made, lambda m: m.update(_sealed(m | dict.fromkeys(names, b"text"))))
    assert restored(made).exit_code == 0
    assert {p.name for p in folder.iterdir()} == {
        "config.toml", "hotpapers.db", "hotpapers.db.holder"
    }  # fmt: skip
    assert not list(tmp_path.glob("*.txt"))


def test_a_disk_without_room_is_said_before_anything_is_unpacked(
    made: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(old.parent)._replace(free=5)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "There is no room" in why(run(old, "restore", made))


@pytest.mark.parametrize(
    "code",
    [
        "CREATE TRIGGER eager AFTER INSERT ON papers BEGIN DELETE FROM papers; END",
        "CREATE VIEW outlook AS SELECT 1",
    ],
)
def test_an_archive_with_code_in_it_is_not_asked_anything(
    made: Path, old: Path, tmp_path: Path, code: str
) -> None:
    changed = tmp_path / "changed.db"

    def change(members: dict[str, bytes]) -> None:
        changed.write_bytes(members[ARCHIVE])
        with closing(sqlite3.connect(changed)) as db, db:
            db.execute(code)
        members.update(_sealed({**members, ARCHIVE: changed.read_bytes()}))

    _repack(made, change)
    assert "has views or triggers" in why(run(old, "restore", made))


def test_what_is_no_regular_file_is_neither_read_nor_replaced(old: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "no file that can be read" in why(run(old, "restore", pipe))
    assert "is no backup" in why(run(old, "backup", pipe, "--overwrite"))
    link = old.parent / "link.db"
    link.symlink_to(pipe)
    with pytest.raises(ConfigError, match="is no regular file"):
        _ = Context(_written(old, f'[archive]\npath = "{link.name}"\n')).config


def _written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@pytest.mark.parametrize("name", ["hotpapers.env", "data/a.db-wal", "data/a.db.holder"])
def test_a_backup_does_not_take_the_place_of_a_file_of_the_program(old: Path, name: str) -> None:
    target = old.parent / name
    before = target.exists()
    result = run(old, "backup", target)
    assert isinstance(result.exception, StoreError)
    assert target.exists() == before


def test_the_archive_stays_where_it_is_until_the_new_one_stands(
    made: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = old.parent / "data" / "a.db"
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == archive:
            raise OSError(errno.EIO, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    assert "cannot be put in place" in why(run(old, "restore", made))
    assert archive_copy.examine(archive).counts["papers"] == 1


def test_an_archive_behind_a_link_is_replaced_where_it_is(made: Path, old: Path) -> None:
    link, big = old.parent / "data" / "a.db", old.parent / "big.db"
    link.rename(big)
    link.symlink_to(big)
    assert run(old, "restore", made).exit_code == 0
    assert link.is_symlink()
    assert [p.name for p in old.parent.glob("big.db.before-*")]
