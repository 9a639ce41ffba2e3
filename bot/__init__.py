"""hotpapers: the most talked-about papers of each arXiv mailing day, in Discord."""

from bot import time_zones

PROGRAM = "hotpapers"  # hotpapers.py knows the package by this line
__version__ = "0.1.0"

time_zones.use_newest()  # Here, as some modules make their zones when they are loaded.
