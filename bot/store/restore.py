"""A move file put in the place of an archive: where its parts go, and what comes into force.

The file may be anybody's. Its configuration is judged like any other, addresses that differ from
those in force are named, and nothing but an archive of ours is moved away for it.
"""

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot import config as configuration
from bot.config import Settings
from bot.errors import ConfigError, StoreError
from bot.problems import Code, Problem
from bot.store import backup as archive_copy
from bot.store import files
from bot.store.backup import Examined
from bot.store.backup_file import (
    ARCHIVE,
    CONFIG,
    CREDENTIALS,
    Manifest,
    configuration_of,
    extract,
    manifest_of,
    opened,
    quoted,
    readable,
    write,
)
from bot.store.temporary_folder import temporary_folder


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
class Target:
    """Where the parts of a move file go.

    ``config`` is where the configuration goes: in the place of the one in force, where there is
    none, else beside it; None when the backup has none, or the same is there. ``problems`` are
    those of one that only goes beside.
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
    target: Target
    aside: Path | None
    kept: Path | None


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
    with opened(file) as packed:
        with readable(file):
            manifest = manifest_of(file, packed)
            content = configuration_of(file, packed, manifest)
        target = _target(content, archive, config, settings or Settings(), file, now)
        _require_free(target, archive, file)
        with temporary_folder(None if dry_run else _ground(target.archive.parent)) as folder:
            with readable(file):
                extract(file, packed, manifest, folder / ARCHIVE)
                found = _verified(file, folder / ARCHIVE, manifest)
            aside = target.archive.with_name(f"{target.archive.name}.before-{_stamp(now)}")
            plan = Plan(
                program=quoted(manifest.program),
                made_at=manifest.made_at,
                found=found,
                target=target,
                aside=aside if target.archive.exists() else None,
                kept=config if config.exists() else None,
            )
            if tell is not None:
                tell(plan)
            if target.unaccepted and not (dry_run or accept_addresses):
                raise StoreError(Problem(Code.BACKUP_WITH_OTHER_ADDRESSES))
            if not dry_run:
                _perform(folder / ARCHIVE, plan, now)
    return plan


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


def _target(
    content: bytes | None, archive: Path, config: Path, here: Settings, file: Path, now: datetime
) -> Target:
    """Raises ConfigError for a configuration that would come into force and cannot."""
    archive = Path(os.path.realpath(archive))
    if content is None or (config.exists() and _is_same(config, content)):
        return Target(archive=archive)
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
        return Target(
            archive=Path(os.path.realpath(place)),
            config=config,
            content=home,
            in_force=True,
            differing=differing,
        )
    beside = config.with_name(f"{config.stem}.restored{config.suffix}")
    if os.path.lexists(beside):  # from an earlier restore, and perhaps at work already
        beside = beside.with_stem(f"{beside.stem}-{_stamp(now)}")
    return Target(
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
    return quoted(CREDENTIALS.sub("", value))


def _require_free(target: Target, archive: Path, file: Path) -> None:
    """Whether the archive's place may be given to it. The operator's own may hold a damaged
    archive; at a stranger's choice nothing else is moved away."""
    place = target.archive
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
    target = plan.target
    try:
        target.archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.config is None:
            archive_copy.put_in_place(
                archive, target.archive, plan.aside or target.archive, now=now
            )
            return
        with temporary_folder(target.config.parent) as folder:
            draft = folder / CONFIG
            write(io.BytesIO(target.content), draft)
            files.sync(draft)
            archive_copy.put_in_place(
                archive, target.archive, plan.aside or target.archive, now=now
            )
            draft.replace(target.config)
    except OSError as error:
        raise StoreError(
            Problem(Code.ARCHIVE_NOT_PUT_IN_PLACE, path=target.archive, error=error)
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
