"""Recorded prompts: what a screen says aloud, for who would rather hear than read.

They lie beside the profile, `<folder>/<language>/<screen>.opus`, recorded by the municipality.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

from kiosk.form.flow import Step
from kiosk.languages import NAMES
from sync.errors import BadMessage
from sync.voice import LARGEST, seconds_of

log = logging.getLogger(__name__)

SUFFIX = ".opus"


class Prompts:
    """The recordings in `folder`; an empty name has none."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder) if folder else None

    def has(self, language: str, screen: str) -> bool:
        """Whether there is one for this screen in this language."""
        return self._folder is not None and self._path(self._folder, language, screen).is_file()

    def read(self, language: str, screen: str) -> bytes:
        """The recording, Ogg Opus; empty where there is none that can be played."""
        if self._folder is None:
            return b""
        path = self._path(self._folder, language, screen)
        try:
            return _opened(path)
        except (OSError, BadMessage) as error:
            log.warning("%s is not played: %s", path, error)
            return b""

    def remarks(self) -> Iterator[str]:
        """A line for each file that is never played, or can't be."""
        if self._folder is None:
            return
        screens = {step.value for step in Step}
        for path in sorted(self._folder.rglob("*")):
            if path.is_dir():
                continue
            inside = path.relative_to(self._folder)
            if inside.suffix != SUFFIX or inside.stem not in screens:
                yield f"{inside}: no screen is called so, it is never played"
            elif len(inside.parts) != 2 or inside.parts[0] not in NAMES:
                yield f"{inside}: does not lie in a language's folder, it is never played"
            else:
                yield from _unplayable(path, inside)

    @staticmethod
    def _path(folder: Path, language: str, screen: str) -> Path:
        return folder / language / f"{screen}{SUFFIX}"


def _opened(path: Path) -> bytes:
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    seconds_of(raw)
    return raw


def _unplayable(path: Path, inside: Path) -> Iterator[str]:
    try:
        _opened(path)
    except (OSError, BadMessage) as error:
        yield f"{inside}: {error}; record it as Ogg Opus"
