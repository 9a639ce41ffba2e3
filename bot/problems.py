"""What went wrong, or why nothing came, as a value: a code and its arguments.

A problem is what an error carries (``bot.errors``), and what the archive stores as the reason of an
outcome, a suspended digest or a delivery. It is compared by its code, never by its words; those are
made by ``bot.messages.render``, at the edge, where the reader and the language are known.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any, TypeAlias

Argument: TypeAlias = "str | int | float | bool | Problem | tuple[Argument, ...] | None"


class Code(StrEnum):
    """Every kind of problem. The values are stored and part of JSON documents: never changed."""

    # A reason that an earlier version stored as a sentence: ``text``.
    LEGACY = "legacy"
    # Several at once: ``problems``.
    SEVERAL = "several"

    # --- HTTP: what kept a service from answering -----------------------------------------------

    # --- arXiv: what is the matter with a listing -----------------------------------------------

    # --- networks: what is the matter with posts ------------------------------------------------

    # --- archive --------------------------------------------------------------------------------
    NO_ARCHIVE = "no_archive"
    ARCHIVE_EMPTY = "archive_empty"
    ARCHIVE_FAILED = "archive_failed"
    ARCHIVE_UNREADABLE = "archive_unreadable"
    ARCHIVE_NEWER = "archive_newer"
    ARCHIVE_FOLDER_NOT_MADE = "archive_folder_not_made"
    ARCHIVE_FOLDER_NOT_WRITABLE = "archive_folder_not_writable"
    ARCHIVE_FILE_NOT_WRITABLE = "archive_file_not_writable"
    # In use by a process that another may take over from, and by any.
    ARCHIVE_HELD = "archive_held"
    ARCHIVE_IN_USE = "archive_in_use"
    ARCHIVE_NOT_LET_GO = "archive_not_let_go"
    ARCHIVE_OPEN_ELSEWHERE = "archive_open_elsewhere"
    ARCHIVE_TAKEN_OVER = "archive_taken_over"
    FOREIGN_DATABASE = "foreign_database"
    NOT_AN_ARCHIVE = "not_an_archive"
    NOT_READABLE_AS_ARCHIVE = "not_readable_as_archive"
    ARCHIVE_WITH_VIEWS = "archive_with_views"
    COPY_NOT_WRITTEN = "copy_not_written"
    COPY_WITHOUT_ROOM = "copy_without_room"
    ROW_UNREADABLE = "row_unreadable"

    # --- backups --------------------------------------------------------------------------------
    BACKUP_FOLDER_MISSING = "backup_folder_missing"
    BACKUP_ONTO_OWN_FILE = "backup_onto_own_file"
    BACKUP_ONTO_OTHER_FILE = "backup_onto_other_file"
    BACKUP_EXISTS = "backup_exists"
    ARCHIVE_NOT_BACKED_UP = "archive_not_backed_up"
    CONFIG_NOT_BACKED_UP = "config_not_backed_up"
    BACKUP_NOT_WRITTEN = "backup_not_written"
    FOLDER_NOT_WRITABLE = "folder_not_writable"
    BACKUP_NO_FILE = "backup_no_file"
    BACKUP_UNREADABLE = "backup_unreadable"
    BACKUP_OF_MANY_PARTS = "backup_of_many_parts"
    BACKUP_WITHOUT_MANIFEST = "backup_without_manifest"
    BACKUP_MANIFEST_UNREADABLE = "backup_manifest_unreadable"
    BACKUP_WITHOUT_ARCHIVE = "backup_without_archive"
    BACKUP_NEWER = "backup_newer"
    BACKUP_PART_TWICE = "backup_part_twice"
    BACKUP_PART_CHANGED = "backup_part_changed"
    BACKUP_PART_MISSING = "backup_part_missing"
    BACKUP_PART_OF_OTHER_LENGTH = "backup_part_of_other_length"
    BACKUP_PART_ENCRYPTED = "backup_part_encrypted"
    BACKUP_PART_PACKED_OTHERWISE = "backup_part_packed_otherwise"
    BACKUP_PART_TOO_LONG = "backup_part_too_long"
    BACKUP_ARCHIVE_DAMAGED = "backup_archive_damaged"
    BACKUP_ARCHIVE_NEWER = "backup_archive_newer"
    BACKUP_WITH_OTHER_ADDRESSES = "backup_with_other_addresses"
    NO_ROOM_TO_RESTORE = "no_room_to_restore"
    RESTORE_ONTO_BACKUP = "restore_onto_backup"
    RESTORE_ONTO_NO_FILE = "restore_onto_no_file"
    RESTORE_ONTO_OTHER_FILE = "restore_onto_other_file"
    ARCHIVE_NOT_PUT_IN_PLACE = "archive_not_put_in_place"

    # --- input: what cannot be read of what somebody typed --------------------------------------
    NO_DATE = "no_date"
    NO_SUCH_DAY_OF_MONTH = "no_such_day_of_month"
    SEVERAL_DATES = "several_dates"
    OTHER_WEEKDAY = "other_weekday"
    NO_HOUR = "no_hour"
    NO_ZONE = "no_zone"
    NO_HOUR_WITH_ZONE = "no_hour_with_zone"
    SEVERAL_PAPERS = "several_papers"
    NO_PAPER = "no_paper"
    NOT_CANONICAL_ID = "not_canonical_id"
    UNKNOWN_CATEGORY = "unknown_category"
    TOO_MANY_KEYWORDS = "too_many_keywords"
    KEYWORD_TOO_LONG = "keyword_too_long"
    KEYWORD_WITHOUT_LETTERS = "keyword_without_letters"
    KEYWORD_WITH_DAYS = "keyword_with_days"
    UNREADABLE_KEYWORD = "unreadable_keyword"
    UNKNOWN_DIGEST = "unknown_digest"
    UNKNOWN_FOLLOW = "unknown_follow"
    NO_SIZE = "no_size"
    BAR_TOO_HIGH = "bar_too_high"

    # --- searches -------------------------------------------------------------------------------
    EMPTY_QUERY = "empty_query"
    QUERY_TOO_LONG = "query_too_long"
    QUERY_WITHOUT_WORD = "query_without_word"
    QUERY_ONLY_EXCLUDES = "query_only_excludes"
    TOO_MANY_TERMS = "too_many_terms"
    UNKNOWN_FIELD = "unknown_field"
    FIELD_WITHOUT_VALUE = "field_without_value"
    FIELD_WITHOUT_WORD = "field_without_word"
    FIELD_WITHOUT_CATEGORY = "field_without_category"
    UNCLOSED_QUOTE = "unclosed_quote"
    FOREIGN_LINK = "foreign_link"
    OR_IN_QUERY = "or_in_query"
    NOT_IN_QUERY = "not_in_query"
    EXCLUDED_DAYS = "excluded_days"
    DAY_OUT_OF_RANGE = "day_out_of_range"
    NO_DAY_BETWEEN = "no_day_between"

    # --- delivery: what Discord answered --------------------------------------------------------
    DISCORD_UNREACHABLE = "discord_unreachable"
    DISCORD_CONNECTION_BROKE = "discord_connection_broke"
    DISCORD_ANSWER_UNREADABLE = "discord_answer_unreadable"
    DISCORD_FAULT = "discord_fault"
    DISCORD_ASKED_TO_WAIT = "discord_asked_to_wait"
    DISCORD_SWITCHED_OFF = "discord_switched_off"
    DISCORD_OUTAGE = "discord_outage"
    DISCORD_TOKEN_REFUSED = "discord_token_refused"  # noqa: S105 - a code, no token
    DISCORD_ADDRESS_REFUSED = "discord_address_refused"
    EARLIER_TRY_ANSWERED = "earlier_try_answered"
    EARLIER_TRY_UNANSWERED = "earlier_try_unanswered"
    CHANNEL_REFUSED = "channel_refused"
    MESSAGE_REFUSED = "message_refused"

    # --- delivery: why a digest is suspended ----------------------------------------------------
    CHANNEL_GONE = "channel_gone"
    CHANNEL_NOT_VISIBLE = "channel_not_visible"
    WRONG_CHANNEL_KIND = "wrong_channel_kind"
    SENDING_NOT_ALLOWED = "sending_not_allowed"
    MISSING_PERMISSIONS = "missing_permissions"
    SERVER_GONE = "server_gone"
    NOT_IN_SERVER = "not_in_server"
    THREAD_ARCHIVED = "thread_archived"
    THREAD_LOCKED = "thread_locked"
    DIRECT_MESSAGES_CLOSED = "direct_messages_closed"
    NO_SHARED_SERVER = "no_shared_server"
    RULE_UNREADABLE = "rule_unreadable"

    # --- delivery: what became of a message -----------------------------------------------------
    MAYBE_POSTED = "maybe_posted"
    DELETED_AFTER_POSTING = "deleted_after_posting"
    GIVEN_UP_AFTER_TRIES = "given_up_after_tries"
    GIVEN_UP_AFTER_A_DAY = "given_up_after_a_day"
    EARLIER_PART_NOT_POSTED = "earlier_part_not_posted"
    BOT_NOT_CONNECTED = "bot_not_connected"
    ENDED_WHILE_SENDING = "ended_while_sending"
    HISTORY_NOT_READABLE = "history_not_readable"
    TOO_MANY_MESSAGES_SINCE = "too_many_messages_since"

    # --- delivery: why a digest was not posted --------------------------------------------------
    MERGED_INTO_LATER_DIGEST = "merged_into_later_digest"
    SKIPPED_AFTER_DOWNTIME = "skipped_after_downtime"
    TOO_OLD = "too_old"
    DIGEST_PAUSED = "digest_paused"
    SUSPENDED_TOO_LONG = "suspended_too_long"
    PAUSED_BEFORE_POSTING = "paused_before_posting"
    DELETED_BEFORE_POSTING = "deleted_before_posting"
    NOTHING_NEW = "nothing_new"
    DIGEST_WITHOUT_LISTING = "digest_without_listing"
    NO_LISTING_CLOSED = "no_listing_closed"
    NOTHING_ABOVE_BAR = "nothing_above_bar"
    NOTHING_FOLLOWED = "nothing_followed"
    LISTINGS_NOT_COMPLETE = "listings_not_complete"
    DIGEST_NOT_MADE = "digest_not_made"

    # --- selection: why a channel does not get a paper, or at which place it does ----------------
    PAPER_NOT_HARVESTED = "paper_not_harvested"
    PAPER_ONLY_REPLACED = "paper_only_replaced"
    OTHER_CATEGORIES = "other_categories"
    CROSS_LISTED_LATER = "cross_listed_later"
    ONLY_CROSS_LISTED = "only_cross_listed"
    KEYWORDS_NOT_SAID = "keywords_not_said"
    KEYWORD_EXCLUDED = "keyword_excluded"
    BELOW_BAR = "below_bar"
    BEYOND_TOP = "beyond_top"
    POSTED_BEFORE = "posted_before"
    SELECTED = "selected"

    # --- start-up -------------------------------------------------------------------------------


class Problem:
    """A code with named arguments: ``Problem(Code.HOST_ANSWERED, host="x.org", status=404)``.

    Arguments become what JSON can hold: a date or time its ISO 8601 text, a path or exception its
    text, a sequence a tuple. A problem may be an argument of another. Immutable and hashable; equal
    when code and arguments are.
    """

    __slots__ = ("_arguments", "code")

    def __init__(self, code: Code, **arguments: object) -> None:
        self.code = code
        self._arguments = tuple((name, _plain(arguments[name])) for name in sorted(arguments))

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self._arguments)

    def to_json(self) -> str:
        """The arguments as a JSON object, for a column beside that of the code."""
        return json.dumps(_wire(self)["arguments"], ensure_ascii=False)

    @classmethod
    def from_json(cls, code: str, arguments: str) -> "Problem":
        """Of a stored code and its ``to_json``. A code that this version does not know is kept as
        the text of a ``LEGACY`` one. Raises ValueError for arguments that are no JSON object."""
        found = json.loads(arguments or "{}")
        if not isinstance(found, dict):
            raise ValueError("the arguments of a problem are a JSON object")
        return _problem(code, found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Problem):
            return NotImplemented
        return (self.code, self._arguments) == (other.code, other._arguments)

    def __hash__(self) -> int:
        return hash((self.code, self._arguments))

    def __repr__(self) -> str:
        return f"Problem({', '.join([self.code, *(f'{k}={v!r}' for k, v in self._arguments)])})"

    def __str__(self) -> str:
        """For logs and tracebacks: ``host_answered host=x.org status=404``. No words for people."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in self._arguments)])


def _plain(value: object) -> Argument:
    match value:
        case Enum():
            return _plain(value.value)
        case str() | bool() | int() | float() | None | Problem():
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return tuple(map(_plain, value))
        case Path() | BaseException():
            return str(value)
    raise TypeError(f"{type(value).__name__} cannot be an argument of a problem")


def _wire(value: Argument) -> Any:  # noqa: ANN401
    if isinstance(value, Problem):
        return {"code": value.code, "arguments": {k: _wire(v) for k, v in value._arguments}}
    return [_wire(each) for each in value] if isinstance(value, tuple) else value


def _unwire(value: Any) -> object:  # noqa: ANN401
    if isinstance(value, dict):
        return _problem(str(value.get("code")), value.get("arguments") or {})
    return tuple(map(_unwire, value)) if isinstance(value, list) else value


def _problem(code: str, arguments: Mapping[str, Any]) -> Problem:
    try:
        known = Code(code)
    except ValueError:
        return Problem(Code.LEGACY, text=f"{code} {json.dumps(arguments, ensure_ascii=False)}")
    return Problem(known, **{name: _unwire(value) for name, value in arguments.items()})
