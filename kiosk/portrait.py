"""`kiosk screenshot`: the running glass paints itself, with what is personal laid over.

The glass hands over a file that lies in memory alone (memfd_create(2)), so nothing waits for
whoever reads it and no picture is left behind; `screenshot` makes it a PNG.
"""

import os
import socket

import msgspec


class AskPortrait(msgspec.Struct, tag="portrait", frozen=True):
    """How does the glass look now?"""


class Portrait(msgspec.Struct, frozen=True, kw_only=True):
    """The answer; the file that comes with it has rows of RGB, the lowest first.

    `rotation` is by how many degrees counter-clockwise the panel was mounted turned.
    """

    width: int
    height: int
    rotation: int
    masks: int


def hand_over(line: socket.socket, told: Portrait, pixels: bytes) -> None:
    """The glass's side. Raises OSError: whoever asked is gone."""
    file = os.memfd_create("portrait", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(file), "wb") as out:
            out.write(pixels)
        socket.send_fds(line, [msgspec.json.encode(told)], [file])
    finally:
        os.close(file)
