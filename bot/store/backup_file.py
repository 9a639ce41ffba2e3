"""The move file: an archive and its configuration in one ZIP, to take to another machine.

``manifest.json`` says what made it and when, the schema's steps, and for each other member its
size and SHA-256. ``archive.db`` is the archive of one instant, ``config.toml`` the configuration
as it was written, passwords inside addresses blanked; secrets are in the environment or files of
their own and stay behind.

A move file may be anybody's. Nothing in it is believed: it is read within limits, its
configuration is judged like any other, and what it says is quoted in plain ASCII.
"""

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

import bot
from bot import config as configuration
from bot.config import ENVIRONMENT_FILE, Settings
from bot.errors import ConfigError, HotpapersError, StoreError
from bot.problems import Code, Problem
from bot.store import backup as archive_copy
from bot.store import files
from bot.store.archive_lock import FILES
from bot.store.backup import Examined, Progress

FORMAT = 1
MANIFEST, ARCHIVE, CONFIG = "manifest.json", "archive.db", "config.toml"

# What stands before an @ in an address; a password may hold one more.
_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"'?#]*@")
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


@dataclass(frozen=True, slots=True)
class Differing:
    """A setting of a backup that says where requests go or files are, and is another one here.

    ``trusted`` is whether it may come into force without being accepted.
    """

    key: str
    there: str
    here: str
    trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a move file's configuration asks for.

    ``archive`` is where the archive goes. ``config`` is where the configuration goes: in the place
    of the one in force, where there is none, else beside it; None when the backup has none, or the
    same is there. ``problems`` are those of one that only goes beside.
    """

    archive: Path
    config: Path | None = None
    content: bytes = b""
    in_force: bool = False
    problems: tuple[str, ...] = ()
    differing: tuple[Differing, ...] = ()

    @property
    def unaccepted(self) -> tuple[Differing, ...]:
        return tuple(d for d in self.differing if self.in_force and not d.trusted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a restore does, or did.

    ``program`` is the version that made the file. ``aside`` is where the archive that is there now
    goes, None when there is none. ``kept`` is the configuration that is there and stays.
    """

    program: str
    made_at: datetime
    found: Examined
    wish: Wish
    aside: Path | None
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
        raise StoreError(Problem(Code.NO_ARCHIVE, path=archive))
    if not target.parent.is_dir():
        raise StoreError(Problem(Code.BACKUP_FOLDER_MISSING, folder=target.parent))
    if target.resolve() in _own_files(archive, config):
        raise StoreError(Problem(Code.BACKUP_ONTO_OWN_FILE, file=target))
    if target.exists() and not _is_move_file(target):
        raise StoreError(Problem(Code.BACKUP_ONTO_OTHER_FILE, file=target))
    if target.exists() and not overwrite:
        raise StoreError(Problem(Code.BACKUP_EXISTS, file=target))
    with _workshop(target.parent) as folder, _told(target):
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
    text = _CREDENTIALS.sub("", config.read_text("utf-8"))
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
        with _opened(path) as packed:
            return MANIFEST in packed.namelist()
    except StoreError:
        return False


# --- taking one apart ---------------------------------------------------------------------------


def restore(
    file: Path,
    archive: Path,
    config: Path,
    *,
    now: datetime,
    settings: Settings | None = None,
    dry_run: bool = False,
    accept_addresses: bool = False,
    tell: Callable[[Plan], None] | None = None,
) -> Plan:
    """Put the archive of a move file in the place of ``archive``, and its configuration at
    ``config`` where there is none.

    An older archive is brought up to date first. What is there is kept aside. Where no
    configuration is at ``config``, the file's own says where the archive goes. ``settings`` are
    those in force. ``tell`` is called when all was verified and nothing is changed yet. With
    ``dry_run`` nothing is.

    Raises ConfigError when the file's configuration would come into force and cannot. Raises
    StoreError for a file that is damaged, no move file, or of a newer program, when
    ``accept_addresses`` is missing, and ArchiveBusy when the archive that is there is in use.
    """
    with _opened(file) as packed:
        with _readable(file):
            manifest = _manifest(file, packed)
            content = _configuration(file, packed, manifest)
        wish = _wished(content, archive, config, settings or Settings(), file, now)
        _require_free(wish, archive, file)
        with _workshop(None if dry_run else _ground(wish.archive.parent)) as folder:
            with _readable(file):
                _extract(file, packed, manifest, folder / ARCHIVE)
                found = _verified(file, folder / ARCHIVE, manifest)
            aside = wish.archive.with_name(f"{wish.archive.name}.before-{_stamp(now)}")
            plan = Plan(
                program=quoted(manifest.program),
                made_at=manifest.made_at,
                found=found,
                wish=wish,
                aside=aside if wish.archive.exists() else None,
                kept=config if config.exists() else None,
            )
            if tell is not None:
                tell(plan)
            if wish.unaccepted and not (dry_run or accept_addresses):
                raise StoreError(Problem(Code.BACKUP_WITH_OTHER_ADDRESSES))
            if not dry_run:
                _perform(folder / ARCHIVE, plan, now)
    return plan


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
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """Raises StoreError for what is no ZIP of ours."""
    with ExitStack() as stack:
        with _readable(file):
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
def _readable(file: Path) -> Iterator[None]:
    """What ``zipfile``, ``zlib``, ``json`` and SQLite raise for a hostile file is any exception."""
    try:
        yield
    except HotpapersError:
        raise
    except Exception as error:
        said = quoted(error) or type(error).__name__
        raise StoreError(Problem(Code.BACKUP_UNREADABLE, file=file, error=said)) from error


def _manifest(file: Path, packed: zipfile.ZipFile) -> Manifest:
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


def _configuration(file: Path, packed: zipfile.ZipFile, manifest: Manifest) -> bytes | None:
    """As it stands in the file; None where the file has none."""
    if CONFIG not in manifest.members:
        return None
    content = _short(packed, _part(file, packed, CONFIG, manifest))
    if hashlib.sha256(content).hexdigest() != manifest.members[CONFIG].sha256:
        raise StoreError(Problem(Code.BACKUP_PART_CHANGED, file=file, part=CONFIG))
    return content


def _extract(file: Path, packed: zipfile.ZipFile, manifest: Manifest, target: Path) -> None:
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
        _write(source, target)
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


def _write(source: IO[bytes], target: Path) -> None:
    with _told(target.parent.parent):
        written = files.open_private(target, "xb")
    with written:
        while chunk := source.read(_CHUNK):
            with _told(target.parent.parent):
                written.write(chunk)


def _verified(file: Path, archive: Path, manifest: Manifest) -> Examined:
    """What the file's archive holds, which is brought up to date then."""
    found = archive_copy.examine(archive, file)
    if found.problems:
        faults = tuple(map(quoted, found.problems[:3]))
        raise StoreError(Problem(Code.BACKUP_ARCHIVE_DAMAGED, file=file, faults=faults))
    if found.unknown:
        steps = quoted(", ".join(found.unknown))
        program = quoted(manifest.program)
        raise StoreError(
            Problem(Code.BACKUP_ARCHIVE_NEWER, file=file, program=program, steps=steps)
        )
    archive_copy.migrate(archive)
    return found


# --- where it goes ------------------------------------------------------------------------------


def _wished(
    content: bytes | None, archive: Path, config: Path, here: Settings, file: Path, now: datetime
) -> Wish:
    """Raises ConfigError for a configuration that would come into force and cannot."""
    archive = Path(os.path.realpath(archive))
    if content is None or (config.exists() and _is_same(config, content)):
        return Wish(archive=archive)
    home = None if config.exists() else _at_home(content)
    problems: list[str] = []
    settings = configuration.parse_settings(home or content, CONFIG, problems)
    place = configuration.judge_all(settings, config, problems)
    problems = [quoted(problem, most=1_000) for problem in problems]
    if problems and not config.exists():
        mend = "beside one of your own, which 'hotpapers init' writes, it stays out of force"
        raise ConfigError([*problems, f"It is the one in {file}; {mend}."])
    differing = () if problems else _differing(settings, here)
    if home is not None:
        return Wish(
            archive=Path(os.path.realpath(place)),
            config=config,
            content=home,
            in_force=True,
            differing=differing,
        )
    beside = config.with_name(f"{config.stem}.restored{config.suffix}")
    if os.path.lexists(beside):  # from an earlier restore, and perhaps at work already
        beside = beside.with_stem(f"{beside.stem}-{_stamp(now)}")
    return Wish(
        archive=archive,
        config=beside,
        content=content,
        problems=tuple(problems),
        differing=differing,
    )


def _is_same(config: Path, content: bytes) -> bool:
    return config.read_text("utf-8", errors="replace") == content.decode(errors="replace")


_PATH, _LISTENING = "archive.path", "watch.host"
_ENDINGS = (".db", ".sqlite", ".sqlite3")


def _differing(there: Settings, here: Settings) -> tuple[Differing, ...]:
    ours = _places(here)
    return tuple(
        Differing(
            key,
            _shown(value),
            ", ".join(_shown(other) for name, other in ours if name == key) or "none",
            trusted=_is_harmless(key, value),
        )
        for key, value in _places(there)
        if (key, value) not in ours
    )


def _places(settings: Settings) -> list[tuple[str, str]]:
    """Where requests go and come from, and where the archive is."""
    return [
        *configuration.addresses(settings),
        (_LISTENING, settings.watch.host),
        (_PATH, settings.archive.path),
    ]


def _is_harmless(key: str, value: str) -> bool:
    """Whether all stays on this machine, and in a file that only this program reads: a shell and
    others obey what they find under names of theirs."""
    if key == _PATH:
        path = Path(value)
        return path.suffix in _ENDINGS and not any(part.startswith(".") for part in path.parts)
    if key == _LISTENING:
        return configuration.is_loopback(value)
    return configuration.is_loopback_address(value)


def _shown(value: str) -> str:
    return quoted(_CREDENTIALS.sub("", value))


def _require_free(wish: Wish, archive: Path, file: Path) -> None:
    """Whether the archive's place may be given to it. The operator's own may hold a damaged
    archive; at a stranger's choice nothing else is moved away."""
    place = wish.archive
    if place == file.resolve():
        raise StoreError(Problem(Code.RESTORE_ONTO_BACKUP, path=place))
    if os.path.lexists(place) and not place.is_file():
        raise StoreError(Problem(Code.RESTORE_ONTO_NO_FILE, path=place))
    if place != Path(os.path.realpath(archive)) and place.exists():
        try:
            archive_copy.examine(place)
        except StoreError as error:
            raise StoreError(Problem(Code.RESTORE_ONTO_OTHER_FILE, path=place)) from error


def _ground(folder: Path) -> Path:
    """The innermost folder of a path that is there: nothing is made before all is verified."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _perform(archive: Path, plan: Plan, now: datetime) -> None:
    wish = plan.wish
    try:
        wish.archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if wish.config is None:
            archive_copy.put_in_place(archive, wish.archive, plan.aside or wish.archive, now=now)
            return
        with _workshop(wish.config.parent) as folder:
            draft = folder / CONFIG
            _write(io.BytesIO(wish.content), draft)
            files.sync(draft)
            archive_copy.put_in_place(archive, wish.archive, plan.aside or wish.archive, now=now)
            draft.replace(wish.config)
    except OSError as error:
        raise StoreError(
            Problem(Code.ARCHIVE_NOT_PUT_IN_PLACE, path=wish.archive, error=error)
        ) from error


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"


_PATH_LINE = re.compile(r"(?m)^([ \t]*path[ \t]*=[ \t]*)(.*)$")
_DEFAULT_PLACE = "hotpapers.db"


def _at_home(content: bytes) -> bytes | None:
    """The configuration for a new machine, where a path into the old machine's folders becomes the
    usual one. None when that cannot be done."""
    text = content.decode("utf-8-sig", errors="replace")
    path = Path(configuration.parse_settings(content, CONFIG, []).archive.path)
    if not path.is_absolute() and str(path)[:1] != "~" and ".." not in path.parts:
        return content
    before, section, rest = text.partition("[archive]")
    line = rf'\1"{_DEFAULT_PLACE}"  # it was \2'
    changed = (before + section + _PATH_LINE.sub(line, rest, count=1)).encode()
    found = configuration.parse_settings(changed, CONFIG, []).archive.path
    return changed if found == _DEFAULT_PLACE else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """A full disk and the like, as an error of ours."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise StoreError(Problem(Code.BACKUP_NOT_WRITTEN, file=target, error=why)) from error


# --- where it is made ---------------------------------------------------------------------------

_WORKSHOP = ".hotpapers-"


@contextmanager
def _workshop(folder: Path | None) -> Iterator[Path]:
    """A folder beside the target, so that what is made there can be renamed into place.

    It is locked while it is used: one that is not is a killed process's, and goes.
    """
    try:
        if folder is not None:
            _sweep(folder)
        made, lock = _locked(folder)
    except OSError as error:
        why = error.strerror
        raise StoreError(Problem(Code.FOLDER_NOT_WRITABLE, folder=folder, error=why)) from error
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _locked(folder: Path | None) -> tuple[str, int]:
    while True:
        made = tempfile.mkdtemp(prefix=_WORKSHOP, dir=folder)
        with suppress(FileNotFoundError):  # swept away before it was locked
            handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY)
            with suppress(OSError):  # a file system without locks, where nothing is swept
                fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                return made, handle
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left, of this user's."""
    for left in folder.glob(f"{_WORKSHOP}*"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_uid == os.geteuid():
                    shutil.rmtree(left)
            finally:
                os.close(handle)
