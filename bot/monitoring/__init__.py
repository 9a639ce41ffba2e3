"""How the program is doing: health, metrics, alerts, checks of the machine."""
