"""The move file: an archive and its configuration in one ZIP, to take to another machine.

``manifest.json`` says what made it and when, the schema's steps, and for each other member its
size and SHA-256. ``archive.db`` is the archive of one instant, ``config.toml`` the configuration
as it was written, passwords inside addresses blanked; secrets are in the environment or files of
their own and stay behind.

A move file may be anybody's. Nothing in it is believed: it is read within limits, its
configuration is judged like any other, and what it says is quoted in plain ASCII.
"""

import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

import bot
from bot.config import ENVIRONMENT_FILE
from bot.errors import HotpapersError, StoreError
from bot.problems import Code, Problem
from bot.store import backup as archive_copy
from bot.store import files
from bot.store.archive_lock import FILES
from bot.store.backup import Progress
from bot.store.temporary_folder import temporary_folder

FORMAT = 1
MANIFEST, ARCHIVE, CONFIG = "manifest.json", "archive.db", "config.toml"

# What stands before an @ in an address; a password may hold one more.
CREDENTIALS = re.compile(r"(?<=://)[^/\s\"'?#]*@")
_CHUNK = 1 << 20
# Ours have three members, and texts of a few thousand bytes.
_MAX_MEMBERS = 16
_MAX_TEXT = 1 << 16


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
        raise StoreError(Problem(Code.NO_ARCHIVE, path=archive))
    if not target.parent.is_dir():
        raise StoreError(Problem(Code.BACKUP_FOLDER_MISSING, folder=target.parent))
    if target.resolve() in _own_files(archive, config):
        raise StoreError(Problem(Code.BACKUP_ONTO_OWN_FILE, file=target))
    if target.exists() and not _is_move_file(target):
        raise StoreError(Problem(Code.BACKUP_ONTO_OTHER_FILE, file=target))
    if target.exists() and not overwrite:
        raise StoreError(Problem(Code.BACKUP_EXISTS, file=target))
    with temporary_folder(target.parent) as folder, told(target):
        copied = folder / ARCHIVE
        archive_copy.copy(archive, copied, progress)
        found = archive_copy.examine(copied, archive)
        if found.problems:
            raise StoreError(Problem(Code.ARCHIVE_NOT_BACKED_UP, faults=found.problems[:3]))
        members = [copied]
        if config is not None and config.exists():
            members.append(folder / CONFIG)
            members[-1].write_text(_without_credentials(config), "utf-8")
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
        files.sync(draft)
        draft.replace(target)
    return manifest


def _pack(draft: Path, manifest: Manifest, members: list[Path]) -> None:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        text = msgspec.json.format(msgspec.json.encode(manifest)).decode()
        packed.writestr(MANIFEST, text + "\n")
        for member in members:
            packed.write(member, member.name)


def _without_credentials(config: Path) -> str:
    text = CREDENTIALS.sub("", config.read_text("utf-8"))
    if len(text.encode()) > _MAX_TEXT:
        raise StoreError(Problem(Code.CONFIG_NOT_BACKED_UP, file=config, limit=_MAX_TEXT))
    return text


def _own_files(archive: Path, config: Path | None) -> set[Path]:
    """Those that a backup or an archive must not be written over, there or not."""
    own = [archive.with_name(archive.name + ending) for ending in FILES]
    if config is not None:
        own += [config, config.with_name(ENVIRONMENT_FILE)]
    return {path.resolve() for path in own}


def _is_move_file(path: Path) -> bool:
    try:
        with opened(path) as packed:
            return MANIFEST in packed.namelist()
    except StoreError:
        return False


# --- reading one --------------------------------------------------------------------------------


def quoted(said: object, most: int = 200) -> str:
    """A stranger's words on one line, with nothing in them that hides or that commands a
    terminal."""
    text = ascii(str(said)[: most + 1])[1:-1]
    return text if len(text) <= most else f"{text[:most]}..."


class _Sparing(io.FileIO):
    """Reads no more at once than any part of a move file may have, whatever it says of itself."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = _CHUNK + 1 if size is None or size < 0 else size
        found = super().read(min(wanted, _CHUNK + 1)) or b""
        if len(found) > _CHUNK:
            raise zipfile.BadZipFile("its table of contents is too long")
        return found


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Raises StoreError for what is no ZIP of ours."""
    with ExitStack() as stack:
        with readable(file):
            if not file.is_file():
                raise StoreError(Problem(Code.BACKUP_NO_FILE, file=file))
            raw = stack.enter_context(_Sparing(file))
            packed = stack.enter_context(zipfile.ZipFile(raw))
            names = packed.namelist()
            if len(names) > _MAX_MEMBERS:
                raise StoreError(Problem(Code.BACKUP_OF_MANY_PARTS, file=file, parts=len(names)))
            if any(names.count(name) > 1 for name in (MANIFEST, ARCHIVE, CONFIG)):
                raise StoreError(Problem(Code.BACKUP_PART_TWICE, file=file))
        yield packed


@contextmanager
def readable(file: Path) -> Iterator[None]:
    """What ``zipfile``, ``zlib``, ``json`` and SQLite raise for a hostile file is any exception."""
    try:
        yield
    except HotpapersError:
        raise
    except Exception as error:
        said = quoted(error) or type(error).__name__
        raise StoreError(Problem(Code.BACKUP_UNREADABLE, file=file, error=said)) from error


def manifest_of(file: Path, packed: zipfile.ZipFile) -> Manifest:
    if MANIFEST not in packed.namelist():
        raise StoreError(Problem(Code.BACKUP_WITHOUT_MANIFEST, file=file, part=MANIFEST))
    raw = _short(packed, _part(file, packed, MANIFEST))
    try:
        form = json.loads(raw).get("format")
        if isinstance(form, int) and form > FORMAT:
            raise StoreError(Problem(Code.BACKUP_NEWER, file=file))
        return msgspec.json.decode(raw, type=Manifest)
    except (msgspec.DecodeError, ValueError, AttributeError, RecursionError) as error:
        raise StoreError(
            Problem(Code.BACKUP_MANIFEST_UNREADABLE, file=file, part=MANIFEST, error=quoted(error))
        ) from error


def configuration_of(file: Path, packed: zipfile.ZipFile, manifest: Manifest) -> bytes | None:
    """As it stands in the file; None where the file has none."""
    if CONFIG not in manifest.members:
        return None
    content = _short(packed, _part(file, packed, CONFIG, manifest))
    if hashlib.sha256(content).hexdigest() != manifest.members[CONFIG].sha256:
        raise StoreError(Problem(Code.BACKUP_PART_CHANGED, file=file, part=CONFIG))
    return content


def extract(file: Path, packed: zipfile.ZipFile, manifest: Manifest, target: Path) -> None:
    if ARCHIVE not in manifest.members:
        raise StoreError(Problem(Code.BACKUP_WITHOUT_ARCHIVE, file=file))
    info = _part(file, packed, ARCHIVE, manifest)
    folder = target.parent.parent
    free = shutil.disk_usage(target.parent).free
    if info.file_size > free:
        raise StoreError(
            Problem(Code.NO_ROOM_TO_RESTORE, folder=folder, size=info.file_size, free=free)
        )
    with packed.open(info) as source:
        write(source, target)
    if _sha256(target) != manifest.members[ARCHIVE].sha256:
        raise StoreError(Problem(Code.BACKUP_PART_CHANGED, file=file, part=ARCHIVE))


def _part(
    file: Path, packed: zipfile.ZipFile, name: str, manifest: Manifest | None = None
) -> zipfile.ZipInfo:
    """One that can be unpacked within limits, as long as the manifest says."""
    if name not in packed.namelist():
        raise StoreError(Problem(Code.BACKUP_PART_MISSING, file=file, part=name))
    info = packed.getinfo(name)
    if manifest is not None and info.file_size != manifest.members[name].bytes:
        raise StoreError(Problem(Code.BACKUP_PART_OF_OTHER_LENGTH, file=file, part=name))
    if info.flag_bits & 1:
        raise StoreError(Problem(Code.BACKUP_PART_ENCRYPTED, file=file, part=name))
    # bzip2 and LZMA are unpacked without a limit.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise StoreError(Problem(Code.BACKUP_PART_PACKED_OTHERWISE, file=file, part=name))
    if name != ARCHIVE and info.file_size > _MAX_TEXT:
        raise StoreError(Problem(Code.BACKUP_PART_TOO_LONG, file=file, part=name))
    return info


def _short(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Asked for a number of bytes, as otherwise all is unpacked before it is cut to its size."""
    with packed.open(info) as source:
        return source.read(_MAX_TEXT + 1)


def write(source: IO[bytes], target: Path) -> None:
    with told(target.parent.parent):
        written = files.open_private(target, "xb")
    with written:
        while chunk := source.read(_CHUNK):
            with told(target.parent.parent):
                written.write(chunk)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def told(target: Path) -> Iterator[None]:
    """A full disk and the like, as an error of ours."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise StoreError(Problem(Code.BACKUP_NOT_WRITTEN, file=target, error=why)) from error
