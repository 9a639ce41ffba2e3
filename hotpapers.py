"""The command ``hotpapers``: it starts the program in the packages ``bot`` and ``cogs``.

Their names are generic, and in a shared environment those of another program may have taken their
place. So this module, which nobody else has, looks before anything of them runs.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = ("bot", "cogs")
_MARK = 'PROGRAM = "hotpapers"'  # stands in the __init__.py of both


def main() -> None:
    """Ends with a sentence when another program's package is in the place of one of ours."""
    for name in _PACKAGES:
        if not _is_ours(name):
            sys.exit(_sentence(name))
    from bot.cli import main as run

    run()


def _is_ours(name: str) -> bool:
    """Found and read, not imported: importing another program's package may start it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return False
    try:
        return _MARK in Path(spec.origin).read_text("utf-8")
    except (OSError, ValueError):
        return False


def _sentence(name: str) -> str:
    from importlib.metadata import packages_distributions  # no start waits for it

    spec = find_spec(name)
    places = list((spec and spec.submodule_search_locations) or [])
    others = sorted(set(packages_distributions().get(name, ())) - {"hotpapers"})
    whose = f"belongs to {', '.join(others)}" if others else "is not hotpapers' own"
    where = f" ({places[0]})" if places else ""
    return (
        f"The package {name!r} that Python finds here{where} {whose}. Install hotpapers into an "
        "environment of its own, with pipx, `uv tool` or `python3 -m venv`."
    )


if __name__ == "__main__":
    main()
