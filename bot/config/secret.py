"""A value that must not be seen."""


class Secret:
    """Prints as stars. ``reveal()`` is called only where it is sent."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('*****')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)
