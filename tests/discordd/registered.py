"""The commands that the app has registered, per scope (a guild's id, or `None` for global)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.discordd.wire import ApiError, Obj, unknown_command

CREATES_PER_DAY = 200


@dataclass
class Commands:
    """`puts` counts the bulk registrations, `creates` the new commands of a scope."""

    scopes: dict[int | None, list[Obj]] = field(default_factory=dict)
    puts: int = 0
    creates: Counter[int | None] = field(default_factory=Counter)

    def replace(self, scope: int | None, wanted: list[Obj], new_id: Iterator[int]) -> list[Obj]:
        """A command keeps its id as long as its name and type stay.

        Raises 30034 after 200 creations in a scope; an update counts for nothing.
        """
        before = {(one["name"], one["type"]): one for one in self.scopes.get(scope, ())}
        fresh = [one for one in wanted if (one["name"], one["type"]) not in before]
        if self.creates[scope] + len(fresh) > CREATES_PER_DAY:
            message = "Max number of daily application command creates has been reached (200)"
            raise ApiError(400, 30034, message)
        self.creates[scope] += len(fresh)
        self.puts += 1
        kept = []
        for one in wanted:
            old = before.get((one["name"], one["type"]))
            command_id = old["id"] if old else str(next(new_id))
            kept.append({**one, "id": command_id, "version": str(next(new_id))})
        self.scopes[scope] = kept
        return kept

    def listed(self, scope: int | None) -> list[Obj]:
        return self.scopes.get(scope, [])

    def get(self, scope: int | None, command_id: str) -> Obj:
        for one in self.listed(scope):
            if one["id"] == command_id:
                return one
        raise unknown_command()

    def delete(self, scope: int | None, command_id: str) -> None:
        self.scopes[scope].remove(self.get(scope, command_id))

    def find(self, name: str, guild_id: int | None) -> tuple[Obj, int | None] | None:
        """The slash command that a member sees under this name; a guild's own comes first."""
        for scope in (guild_id, None):
            for one in self.listed(scope):
                if one["name"] == name and one["type"] == 1:
                    return one, scope
        return None
