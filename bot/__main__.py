"""``hotpapers`` and ``python -m bot``."""

import sys

# pip refuses an older Python by itself; from a checkout nobody has asked it.
if sys.version_info < (3, 11):  # noqa: UP036 - only pip asks
    sys.exit("hotpapers needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ".")

from bot.cli import main

if __name__ == "__main__":
    main()
