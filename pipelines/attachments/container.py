"""ZIP containers (DOCX, XLSX, OFD, ZIP) opened with care: how many parts, how large, how much larger than packed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from archive.errors import Refused, Unreadable

MAX_PARTS = 2_000
"""Most parts of a container."""

MAX_PART = 48 * 2**20
"""Largest part, unpacked, in bytes."""

MAX_RATIO = 300
"""A part that unpacks to more than this many times its size is a bomb, from `MIN_BOMB` on."""

MIN_BOMB = 4 * 2**20

_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Container:
    """An opened ZIP; `what` names it in error sentences."""

    what: str
    zip: zipfile.ZipFile

    @property
    def names(self) -> Sequence[str]:
        """Names of the parts, in the container's order."""
        return self.zip.namelist()

    def part(self, name: str) -> bytes:
        """Return a part unpacked; raises Unreadable where it is missing or damaged, Refused for a bomb."""
        info = self._info(name)
        _refuse_bomb(self.what, info)
        try:
            with self.zip.open(info) as stream:
                payload = stream.read(MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise Unreadable(f"The {self.what} is damaged at its part {name!r}: {error}") from error
        if len(payload) > MAX_PART:
            raise Refused(f"The {self.what} unpacks {name!r} to more than {MAX_PART} bytes.")
        return payload

    def xml(self, name: str) -> Element:
        """Return a part parsed as XML without entities or external references."""
        try:
            root: Element = fromstring(self.part(name), forbid_dtd=True)
        except DefusedXmlException as error:
            raise Refused(f"The {self.what} declares entities in {name!r}, as XML bombs do.") from error
        except (ParseError, ValueError, LookupError) as error:
            raise Unreadable(f"The {self.what} is damaged: its part {name!r} is no XML ({error}).") from error
        return root

    def _info(self, name: str) -> zipfile.ZipInfo:
        try:
            return self.zip.getinfo(name)
        except KeyError as error:
            raise Unreadable(f"The {self.what} is damaged: it has no part {name!r}.") from error


def open_container(payload: bytes, what: str) -> Container:
    """Return an opened ZIP; raises Unreadable for a damaged one, Refused for an encrypted or crowded one."""
    try:
        opened = zipfile.ZipFile(io.BytesIO(payload))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Unreadable(f"The {what} is damaged: {error}") from error
    infos = opened.infolist()
    if len(infos) > MAX_PARTS:
        raise Refused(f"The {what} has {len(infos)} parts, more than {MAX_PARTS}.")
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise Refused(f"The {what} is encrypted.")
    return Container(what, opened)


def refuse_macros(container: Container) -> None:
    """Raise Refused where an office file carries macros."""
    macro = next((name for name in container.names if name.lower().endswith("vbaproject.bin")), None)
    if macro is not None:
        raise Refused(f"The {container.what} carries macros ({macro}).")


def _refuse_bomb(what: str, info: zipfile.ZipInfo) -> None:
    if info.file_size > MAX_PART:
        raise Refused(f"The {what} unpacks {info.filename!r} to {info.file_size} bytes, more than {MAX_PART}.")
    if info.file_size > MIN_BOMB and info.file_size > MAX_RATIO * max(1, info.compress_size):
        raise Refused(f"The {what} unpacks {info.filename!r} to {info.file_size // max(1, info.compress_size)} times its size.")
