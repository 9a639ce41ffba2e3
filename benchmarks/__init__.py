"""What the program can do, measured. `make bench` prints it."""
