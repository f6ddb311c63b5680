"""The technician's side of `kiosk screenshot`: what the glass handed over becomes a PNG.

Apart from `portrait`, for the glass needs no Pillow to paint itself.
"""

import os
import socket
from pathlib import Path

import msgspec
from PIL import Image

from kiosk.config import Config
from kiosk.errors import NotNow
from kiosk.occupied import LONGEST, call
from kiosk.portrait import AskPortrait, Portrait
from kiosk.putting import new_file


def take(config: Config) -> tuple[Portrait, Image.Image]:
    """How the glass looks now, upright.

    Raises:
        NotNow: no glass runs, or it does not answer.
        PermissionError: this user may not ask it.
    """
    try:
        with call(config, AskPortrait()) as line:
            said, files, _, _ = socket.recv_fds(line, LONGEST, 1)
        told = msgspec.json.decode(said, type=Portrait)
        with os.fdopen(files[0], "rb") as pixels:
            pixels.seek(0)
            image = Image.frombytes("RGB", (told.width, told.height), pixels.read())
    except (ConnectionRefusedError, FileNotFoundError) as error:
        raise NotNow("no glass runs; next: systemctl start kiosk-ui") from error
    except PermissionError:
        raise
    except (OSError, msgspec.MsgspecError, ValueError, IndexError) as error:
        raise NotNow("the glass does not answer; next: kiosk doctor") from error
    upright = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return told, upright.rotate(-told.rotation, expand=True)


def save(image: Image.Image, path: Path) -> None:
    """As a PNG, for its owner only. Raises ConfigError: it is there, or cannot be written."""
    with new_file(path) as file:
        image.save(file, "PNG", optimize=True)
