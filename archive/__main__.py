"""The door of the archive: `python -m archive`."""

from archive.cli import main

main(prog_name="python -m archive")
