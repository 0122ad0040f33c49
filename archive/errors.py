"""Every error that Gongkai raises on purpose.

    GongkaiError
    ├── Misuse                 the caller's mistake: exit status 2
    │   ├── UnknownPortal
    │   ├── BadRegistry
    │   └── UnwritableArchive
    ├── AlreadyRunning         another process crawls this portal: exit status 5
    ├── Unreadable             an input that no reader can read; becomes a stored finding
    │   └── Refused            readable, but refused on purpose (encrypted, a bomb, macros)
    ├── Damaged                stored bytes that are not what their hash says
    └── NotInArchive           asked for something the archive does not hold

A class exists because somebody catches it differently. The message is one sentence that names the thing and the value.
"""


class GongkaiError(Exception):
    """Base of all errors raised on purpose; doors print it as one line."""

    exit_status = 1


class Misuse(GongkaiError, ValueError):
    """The caller asked for something that can't be."""

    exit_status = 2


class UnknownPortal(Misuse, LookupError):
    """No row of the registry has this id and it is no URL."""


class BadRegistry(Misuse):
    """A row of `portals.toml` breaks the registry's rules."""


class UnwritableArchive(Misuse):
    """The archive's folder can't be made or written."""


class AlreadyRunning(GongkaiError):
    """Another process holds this portal's lock."""

    exit_status = 5


class Unreadable(GongkaiError):
    """An input that can't be read as a report: its line carries this sentence as `error`."""


class Refused(Unreadable):
    """An input that is refused on purpose, for the safety of whoever reads it."""


class Damaged(GongkaiError):
    """Stored bytes differ from what the archive says they are."""


class NotInArchive(GongkaiError, LookupError):
    """The archive holds nothing under this name."""

    exit_status = 2
