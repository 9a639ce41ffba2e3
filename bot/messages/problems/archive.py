"""What is the matter with the archive, its copies and its lock, and what mends it.

``kind`` is SQLite's own name of its result code, such as ``SQLITE_FULL``; "" for none.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from bot.problems import Code, Problem

_Words: TypeAlias = str | Callable[..., str]

_DAMAGED = (
    "The file is damaged. 'hotpapers restore FILE' puts a backup in its place and keeps it aside."
)
_FOLDER_RIGHTS = (
    "Give the user that runs hotpapers the right to write in that folder, or set `path` under "
    "[archive]."
)
_MENDS_BY_KIND = {
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_READONLY": "Give the user that runs hotpapers the right to write that file and in its "
    "folder.",
    "SQLITE_CANTOPEN": _FOLDER_RIGHTS,
    "SQLITE_FULL": "Make room on its disk; what was stored before is there.",
    "SQLITE_IOERR": "Look whether its disk is full or broken, and at quotas and limits "
    "(`ulimit -f`).",
    "SQLITE_BUSY": "End the other process that holds it, or wait; only one may write.",
}


def _with_kind(text: str) -> Callable[..., str]:
    """Takes ``kind`` too, which only says what mends it."""
    return lambda path, error, kind="": text.format(path=path, error=error, kind=kind)


def _newer(steps: Sequence[str]) -> str:
    return f"This archive was written by a newer hotpapers (it has {', '.join(steps)})."


def _in_use(path: str, holder: str | None) -> str:
    return f"The archive {path} is in use by {holder or 'another process'}."


def _not_let_go(path: str, holder: str | None, seconds: float) -> str:
    return f"{_in_use(path, holder)} It was asked to let go and did not within {seconds:g} seconds."


def _not_writable(file: str, of_archive: bool) -> str:
    what = f"The archive {file}" if of_archive else f"{file}, beside the archive,"
    return f"{what} cannot be written: permission denied."


def _archive_not_backed_up(faults: Sequence[str]) -> str:
    return f"The archive is damaged and was not backed up: {'; '.join(faults)}."


def _not_whole(path: str, kinds: int) -> str:
    kind = (
        "one kind of what must hold does" if kinds == 1 else f"{kinds} kinds of what must hold do"
    )
    return f"The archive {path} is not whole: {kind} not."


def _backup_archive_damaged(file: str, faults: Sequence[str]) -> str:
    return f"The archive in {file} is damaged: {'; '.join(faults)}."


WORDS: dict[Code, _Words] = {
    Code.NO_ARCHIVE: "There is no archive at {path}.",
    Code.ARCHIVE_EMPTY: "The archive {path} is an empty file.",
    Code.ARCHIVE_FAILED: _with_kind("The archive {path} failed: {error}."),
    Code.ARCHIVE_UNREADABLE: "What the archive {path} holds cannot be made sense of: {error}.",
    Code.ARCHIVE_NEWER: _newer,
    Code.ARCHIVE_FOLDER_NOT_MADE: "The archive's folder {folder} cannot be made: {error}.",
    Code.ARCHIVE_FOLDER_NOT_WRITABLE: "The archive's folder {folder} cannot be written in: "
    "{error}.",
    Code.ARCHIVE_FILE_NOT_WRITABLE: _not_writable,
    Code.GATE_FILE_UNUSABLE: "{path}: the gate's lock file cannot be used ({error}).",
    Code.ARCHIVE_HELD: _in_use,
    Code.ARCHIVE_IN_USE: _in_use,
    Code.ARCHIVE_NOT_LET_GO: _not_let_go,
    Code.ARCHIVE_OPEN_ELSEWHERE: "Another process has {path} open.",
    Code.ARCHIVE_TAKEN_OVER: "Stopped: another process takes over the archive {path}. "
    "What came is stored.",
    Code.FOREIGN_DATABASE: "{path} is a database of another program, not an archive.",
    Code.NOT_AN_ARCHIVE: "{path} is not an archive of hotpapers.",
    Code.NOT_READABLE_AS_ARCHIVE: _with_kind("{path} cannot be read as an archive: {error}."),
    Code.ARCHIVE_WITH_VIEWS: "{path} has views or triggers; no archive of hotpapers has any.",
    Code.COPY_NOT_WRITTEN: "The copy {path} cannot be written: {error}.",
    Code.COPY_WITHOUT_ROOM: "The copy {path} cannot be written: {error}. Is there room for it?",
    Code.PROCESS_ENDED: "The process that was to do it was ended, perhaps for want of memory.",
    Code.ARCHIVE_NOT_WHOLE: _not_whole,
    Code.ROW_UNREADABLE: "Row {key} of {table} in the archive cannot be read: {why}.",
    # --- a backup that is made
    Code.BACKUP_FOLDER_MISSING: "There is no folder {folder}; make it first.",
    Code.BACKUP_ONTO_OWN_FILE: "{file} is a file of the program's own; name another.",
    Code.BACKUP_ONTO_OTHER_FILE: "{file} is there already and is no backup; name another file.",
    Code.BACKUP_EXISTS: "{file} is there already. With --overwrite it is replaced.",
    Code.ARCHIVE_NOT_BACKED_UP: _archive_not_backed_up,
    Code.CONFIG_NOT_BACKED_UP: "{file} has more than {limit:,} bytes and was not backed up.",
    Code.BACKUP_NOT_WRITTEN: "{file} cannot be written: {error}.",
    Code.FOLDER_NOT_WRITABLE: "Nothing can be written to {folder}: {error}.",
    # --- a file that is taken for a backup
    Code.BACKUP_NO_FILE: "{file} is no file that can be read as a backup.",
    Code.BACKUP_UNREADABLE: "{file} cannot be read as a backup: {error}.",
    Code.BACKUP_OF_MANY_PARTS: "{file} is no backup of hotpapers: it has {parts:,} parts.",
    Code.BACKUP_WITHOUT_MANIFEST: "{file} is no backup of hotpapers: it has no {part}.",
    Code.BACKUP_MANIFEST_UNREADABLE: "{file} is damaged: its {part} cannot be read ({error}).",
    Code.BACKUP_WITHOUT_ARCHIVE: "{file} is damaged: it holds no archive.",
    Code.BACKUP_NEWER: "{file} was made by a newer hotpapers. Install that version first.",
    Code.BACKUP_PART_TWICE: "{file} is damaged: it has a part twice.",
    Code.BACKUP_PART_CHANGED: "{file} is damaged: {part} is not what it was.",
    Code.BACKUP_PART_MISSING: "{file} is damaged: {part} is missing.",
    Code.BACKUP_PART_OF_OTHER_LENGTH: "{file} is damaged: {part} is not as long as it was.",
    Code.BACKUP_PART_ENCRYPTED: "{file} is no backup of hotpapers: its {part} is encrypted.",
    Code.BACKUP_PART_PACKED_OTHERWISE: "{file} is no backup of hotpapers: its {part} is packed in "
    "another way.",
    Code.BACKUP_PART_TOO_LONG: "{file} is no backup of hotpapers: its {part} is too long.",
    Code.BACKUP_ARCHIVE_DAMAGED: _backup_archive_damaged,
    Code.BACKUP_ARCHIVE_NEWER: "{file} was made by a newer hotpapers ({program}; its archive has "
    "{steps}). Install that version first.",
    Code.BACKUP_WITH_OTHER_ADDRESSES: "Nothing was changed: the configuration in it would send "
    "what the bot sends, its token among it, to other addresses, or write to other files than "
    "usual.",
    # --- where it is restored to
    Code.NO_ROOM_TO_RESTORE: "There is no room in {folder}: the archive takes {size:,} bytes, and "
    "{free:,} are free.",
    Code.RESTORE_ONTO_BACKUP: "{path} is the backup itself; name another `path` under [archive].",
    Code.RESTORE_ONTO_NO_FILE: "{path} is no regular file, so no archive can be put in its place.",
    Code.RESTORE_ONTO_OTHER_FILE: "{path}, where the backup's configuration has the archive, is "
    "another file. Move it away first.",
    Code.ARCHIVE_NOT_PUT_IN_PLACE: "{path} cannot be put in place: {error}.",
}

_MENDS: dict[Code, str] = {
    Code.NO_ARCHIVE: "'hotpapers daily' makes one from arXiv, 'hotpapers demo' one to try things "
    "on.",
    Code.ARCHIVE_EMPTY: "'hotpapers restore FILE' puts a backup in its place, 'hotpapers daily' "
    "begins anew.",
    Code.ARCHIVE_UNREADABLE: "'hotpapers archive check' names what is wrong with it.",
    Code.ARCHIVE_NEWER: "Install that version, or restore a backup with 'hotpapers restore FILE'.",
    Code.ARCHIVE_FOLDER_NOT_MADE: _FOLDER_RIGHTS,
    Code.ARCHIVE_FOLDER_NOT_WRITABLE: "Make room or give hotpapers the right to write there, or "
    "set `path` under [archive].",
    Code.ARCHIVE_FILE_NOT_WRITABLE: "Give the user that runs hotpapers the right to write that "
    "file (`chown`, `chmod`).",
    Code.ARCHIVE_HELD: "Stop it first, or let this one take over with --take-over.",
    Code.ARCHIVE_IN_USE: "Stop it, then try again.",
    Code.ARCHIVE_OPEN_ELSEWHERE: "Stop the bot, then try again.",
    Code.FOREIGN_DATABASE: "Set `path` under [archive] to another file.",
    Code.BACKUP_WITH_OTHER_ADDRESSES: "If they are yours, add --accept-addresses.",
    Code.ARCHIVE_NOT_WHOLE: "'hotpapers archive check' names what is wrong with it.",
    Code.ROW_UNREADABLE: "'hotpapers archive check' names every such row.",
}


def mend(problem: Problem) -> str:
    """What a reader can do about it; "" where nothing is known."""
    if problem.code in (Code.ARCHIVE_FAILED, Code.NOT_READABLE_AS_ARCHIVE):
        return _MENDS_BY_KIND.get(problem.arguments.get("kind", ""), "")
    return _MENDS.get(problem.code, "")
