"""Every text that a member sees, by theme. Plain functions of plain values. Pure."""
