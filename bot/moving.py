"""The move file: an archive and its configuration in one ZIP, to take to another machine.

``manifest.json`` says what made it and when, the schema's steps, and for each other member its
size and SHA-256. ``archive.db`` is the archive of one instant, ``config.toml`` the configuration
as it was written, passwords inside addresses blanked; secrets are in the environment or files of
their own and stay behind.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

import bot
from bot.errors import StoreError
from bot.store import copies, private
from bot.store.copies import Examined, Progress

FORMAT = 1
MANIFEST, ARCHIVE, CONFIG = "manifest.json", "archive.db", "config.toml"

_PASSWORD = re.compile(r"(?<=://)[^/\s\"'@]+:[^/\s\"'@]*@")
_CHUNK = 1 << 20


class Member(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """``program`` is the version that made the file, ``steps`` are those of the schema."""

    format: int
    program: str
    made_at: datetime
    steps: tuple[str, ...]
    members: dict[str, Member]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a restore does, or did.

    ``aside`` is where the archive that is there now goes, None when there is none. ``config`` is
    where the configuration goes, beside the one that is there; None when the backup has none, or
    the same is there. ``kept`` is the configuration that is there and stays.
    """

    manifest: Manifest
    found: Examined
    archive: Path
    aside: Path | None
    config: Path | None
    config_text: str
    kept: Path | None


# --- making one ---------------------------------------------------------------------------------


def backup(
    archive: Path, config: Path | None, target: Path, *, now: datetime,
    overwrite: bool = False, progress: Progress | None = None,
) -> Manifest:  # fmt: skip
    """Write the move file while the archive is in use. An older one at ``target`` is replaced only
    with ``overwrite``, and only by a whole one.

    Raises StoreError when the archive is damaged, or ``target`` cannot be had.
    """
    if not archive.exists():
        raise StoreError(f"There is no archive at {archive}.")
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}; make it first.")
    if target.exists() and not _is_move_file(target):
        raise StoreError(f"{target} is there already and is no backup; name another file.")
    if target.exists() and not overwrite:
        raise StoreError(f"{target} is there already. With --overwrite it is replaced.")
    with _workshop(target.parent) as folder, _told(target):
        copied = folder / ARCHIVE
        copies.copy(archive, copied, progress)
        found = copies.examine(copied, archive)
        if found.problems:
            raise StoreError(
                f"The archive is damaged and was not backed up: {'; '.join(found.problems[:3])}."
            )
        members = [copied]
        if config is not None and config.exists():
            members.append(folder / CONFIG)
            members[-1].write_text(_PASSWORD.sub("", config.read_text("utf-8")), "utf-8")
        manifest = Manifest(
            format=FORMAT,
            program=bot.__version__,
            made_at=now.replace(microsecond=0),
            steps=found.steps,
            members={m.name: Member(m.stat().st_size, _sha256(m)) for m in members},
        )
        draft = folder / "draft.zip"
        _pack(draft, manifest, members)
        draft.chmod(0o600)  # what members follow is in it
        copies.sync(draft)
        draft.replace(target)
    return manifest


def _pack(draft: Path, manifest: Manifest, members: list[Path]) -> None:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        text = msgspec.json.format(msgspec.json.encode(manifest)).decode()
        packed.writestr(MANIFEST, text + "\n")
        for member in members:
            packed.write(member, member.name)


def _is_move_file(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as packed:
            return MANIFEST in packed.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


# --- taking one apart ---------------------------------------------------------------------------


def restore(
    file: Path, archive: Path, config: Path, *, now: datetime, dry_run: bool = False
) -> Plan:
    """Put the archive of a move file in the place of ``archive``, and its configuration at
    ``config`` where there is none.

    An older archive is brought up to date first. What is there is kept aside. Where no
    configuration is at ``config``, the file's own says where the archive goes. With ``dry_run``
    everything is looked at and nothing changed.

    Raises StoreError for a file that is damaged, no move file, or of a newer program, and
    ArchiveBusy when the archive that is there is in use.
    """
    with _workshop(None if dry_run else archive.parent) as folder:
        manifest = _unpack(file, folder)
        found = _checked(file, folder, manifest)
        plan = _planned(folder, manifest, found, archive, config, now)
        if not dry_run:
            _perform(folder, plan, now)
    return plan


def _unpack(file: Path, folder: Path) -> Manifest:
    """Only members that the manifest names, each as large and with the sum that it says."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = _manifest(file, packed)
            for name, member in manifest.members.items():
                if name in (ARCHIVE, CONFIG):
                    _extract(file, packed, name, member, folder)
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise StoreError(f"{file} cannot be read as a backup: {error}.") from error
    if ARCHIVE not in manifest.members:
        raise StoreError(f"{file} is damaged: it holds no archive.")
    return manifest


def _manifest(file: Path, packed: zipfile.ZipFile) -> Manifest:
    try:
        raw = packed.read(MANIFEST)
        form = json.loads(raw).get("format")
        if isinstance(form, int) and form > FORMAT:
            raise StoreError(f"{file} was made by a newer hotpapers. Install that version first.")
        return msgspec.json.decode(raw, type=Manifest)
    except KeyError:
        raise StoreError(f"{file} is no backup of hotpapers: it has no {MANIFEST}.") from None
    except (msgspec.DecodeError, ValueError, AttributeError) as error:
        raise StoreError(f"{file} is damaged: its {MANIFEST} cannot be read ({error}).") from error


def _extract(file: Path, packed: zipfile.ZipFile, name: str, member: Member, folder: Path) -> None:
    try:
        info = packed.getinfo(name)
    except KeyError:
        raise StoreError(f"{file} is damaged: {name} is missing.") from None
    if info.file_size != member.bytes:
        raise StoreError(f"{file} is damaged: {name} is not as long as it was.")
    with packed.open(info) as source:
        _write(source, folder / name)
    if _sha256(folder / name) != member.sha256:
        raise StoreError(f"{file} is damaged: {name} is not what it was.")


def _write(source: IO[bytes], target: Path) -> None:
    with private.opened(target, "wb") as written:
        while chunk := source.read(_CHUNK):
            with _told(target.parent.parent):
                written.write(chunk)


def _checked(file: Path, folder: Path, manifest: Manifest) -> Examined:
    found = copies.examine(folder / ARCHIVE, file)
    if found.problems:
        raise StoreError(f"The archive in {file} is damaged: {'; '.join(found.problems[:3])}.")
    if found.unknown:
        raise StoreError(
            f"{file} was made by a newer hotpapers ({manifest.program}; its archive has "
            f"{', '.join(found.unknown)}). Install that version first."
        )
    return found


def _planned(
    folder: Path, manifest: Manifest, found: Examined, archive: Path, config: Path, now: datetime
) -> Plan:
    target, place, text = archive, None, None
    if (folder / CONFIG).exists():
        text = (folder / CONFIG).read_text("utf-8")
        home = None if config.exists() else _at_home(text)
        if home is not None:
            text, inside = home
            place, target = config, config.resolve().parent / inside
        elif not config.exists() or config.read_text("utf-8", errors="replace") != text:
            place = config.with_name(f"{config.stem}.restored{config.suffix}")
            if place.exists():  # from an earlier restore, and perhaps at work already
                place = place.with_stem(f"{place.stem}-{now:%Y%m%dT%H%M%SZ}")
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    return Plan(
        manifest=manifest,
        found=found,
        archive=target,
        aside=aside if target.exists() else None,
        config=place,
        config_text=text or "",
        kept=config if config.exists() else None,
    )


def _perform(folder: Path, plan: Plan, now: datetime) -> None:
    copies.migrate(folder / ARCHIVE)
    new = plan.archive.with_name(f".{plan.archive.name}.{os.getpid()}.new")
    try:
        plan.archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(folder / ARCHIVE, new)
        copies.put_in_place(new, plan.archive, plan.aside or plan.archive, now=now)
        if plan.config is not None:
            plan.config.write_text(plan.config_text, "utf-8")
    except OSError as error:
        raise StoreError(f"{plan.archive} cannot be put in place: {error}.") from error
    finally:
        new.unlink(missing_ok=True)


_PATH_LINE = re.compile(r"(?m)^(\s*path\s*=\s*)(.*)$")
_DEFAULT_PLACE = "hotpapers.db"


def _at_home(text: str) -> tuple[str, str] | None:
    """The configuration for a new machine, and where in its own folder it has the archive.

    A path into the old machine's folders becomes the usual one. None when that cannot be done.
    """
    path = _archive_path(text)
    if path is None:
        return None
    if not Path(path).is_absolute() and path[:1] != "~" and ".." not in Path(path).parts:
        return text, path
    before, section, rest = text.partition("[archive]")
    changed = before + section + _PATH_LINE.sub(rf'\1"{_DEFAULT_PLACE}"  # it was \2', rest, 1)
    return (changed, _DEFAULT_PLACE) if _archive_path(changed) == _DEFAULT_PLACE else None


def _archive_path(text: str) -> str | None:
    try:
        path = tomllib.loads(text).get("archive", {}).get("path", _DEFAULT_PLACE)
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    return path if isinstance(path, str) else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """A full disk and the like, as an error of ours."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _workshop(folder: Path | None) -> Iterator[Path]:
    """A folder beside the target, so that what is made there can be renamed into place."""
    try:
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(prefix=".hotpapers-", dir=folder)
    except OSError as error:
        raise StoreError(f"Nothing can be written to {folder}: {error.strerror}.") from error
    with made as name:
        yield Path(name)
