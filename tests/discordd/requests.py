"""A request as the handlers see it, what they answer, and what is written down about both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tests.discordd.wire import ApiError, Json, Obj, invalid_form, invalid_json

if TYPE_CHECKING:
    from tests.discordd.hub import Hub


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Call:
    """`route` is the template, `path` what was asked for; both below `/api/v10`.

    `body` is the JSON body, or the `payload_json` part of a multipart one.
    """

    method: str
    route: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Json = None
    files: tuple[Upload, ...] = ()
    authorization: str | None = None

    def id(self, name: str) -> int:
        text = self.params[name]
        if not text.isdigit():
            raise invalid_form([f"{name}: Value {text!r} is not snowflake."])
        return int(text)

    @property
    def form(self) -> Obj:
        if not isinstance(self.body, dict):
            raise invalid_json()
        return self.body

    @property
    def filenames(self) -> tuple[str, ...]:
        return tuple(one.filename for one in self.files)

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in {"1", "true"}


@dataclass(frozen=True, slots=True)
class Reply:
    """`page` is HTML instead of a JSON body: from something in front of Discord's own servers."""

    body: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None


NOTHING = Reply(None, 204)

Handler: TypeAlias = "Callable[[Hub, Call], Reply]"


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    route: str
    handler: Handler


def refused(error: ApiError) -> Reply:
    return Reply(error.body(), error.status, error.headers)


@dataclass(frozen=True, slots=True)
class Logged:
    """One request and its fate. `status` is `None` when no answer was sent.

    `at` is the server clock's seconds since 1970, `seconds` the time until the answer, `code`
    Discord's error code, `fault` the kind of a fault that was ordered for it.
    """

    at: float
    method: str
    route: str
    path: str
    query: Mapping[str, str]
    body: Json
    status: int | None
    seconds: float
    code: int | None = None
    fault: str | None = None
