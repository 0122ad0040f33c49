"""Administrative divisions (行政区划) by report year: codes, names, and the division in an agency's name.

The data is compiled from packaged lists by `compile.py`; `NOTICE` names the sources, their licences and the commands.
"""

from archive.divisions.locate import find, locate, Location, Mention
from archive.divisions.standing import describe, Standing
from archive.divisions.table import (
    Division,
    division_of_code,
    divisions_named,
    in_year,
    known_years,
    Level,
    parent_of,
    same_place,
    successors,
)

__all__ = [
    "Division",
    "Level",
    "Location",
    "Mention",
    "Standing",
    "describe",
    "division_of_code",
    "divisions_named",
    "find",
    "in_year",
    "known_years",
    "locate",
    "parent_of",
    "same_place",
    "successors",
]
