"""Kivy's switches, set before Kivy is imported; import this module first at the surface.

No settings panel, no log or config files, no Escape, no second provider of touches, and
no provider chosen by chance.
"""

import os

from kiosk import fonts

_SWITCHES = {
    "KIVY_DATA_DIR": str(fonts.folder() / fonts.KIVY_DATA),
    "KIVY_NO_CONFIG": "1",
    "KIVY_LOG_MODE": "PYTHON",
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_CONSOLELOG": "1",
    "KIVY_NO_ARGS": "1",
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",
    "KIVY_IMAGE": "sdl2",
    "KIVY_AUDIO": "",
    "KIVY_VIDEO": "",
    "KIVY_CLIPBOARD": "dummy",
    "KIVY_SPELLING": "",
    "KIVY_CAMERA": "",
    "KIVY_HOME": "/nonexistent",
    "KIVY_METRICS_DENSITY": "1",
    "KIVY_DPI": "96",
    "KIVY_GL_BACKEND": "sdl2",
    # Else SDL takes SIGTERM for a window that is to be closed, until the loop takes it itself.
    "SDL_NO_SIGNAL_HANDLERS": "1",
    "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",
    "SDL_MOUSE_TOUCH_EVENTS": "0",
    "SDL_TOUCH_MOUSE_EVENTS": "0",
}


def is_on_bare_panel() -> bool:
    """Whether SDL drives panel and input devices by itself, without a display server."""
    return os.environ.get("SDL_VIDEODRIVER") == "kmsdrm"


def configure(width: int, height: int, *, fullscreen: bool, rotation: int = 0) -> None:
    """Settle everything that Kivy reads at import: window, providers, no escape.

    `width` by `height` are as people see them, on a panel that was mounted turned by
    `rotation` degrees (0, 90, 180, 270) counter-clockwise. The mouse is a touch (without
    multi-touch by right clicks), and so is a finger on a touch panel (`kiosk.fingers`): a provider
    beside it, such as mtdev, would double every tap.
    """
    from kivy.config import Config

    if rotation % 180:
        width, height = height, width
    graphics = {
        "width": str(width),
        "height": str(height),
        "rotation": str(rotation),
        "fullscreen": "auto" if fullscreen else "0",
        "borderless": "1",
        "resizable": "0",
        "multisamples": "0",
        "maxfps": "120",
        "show_cursor": "0" if fullscreen else "1",
    }
    for key, value in graphics.items():
        Config.set("graphics", key, value)
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "pause_on_minimize", "0")
    Config.set("kivy", "log_enable", "0")
    Config.set("postproc", "double_tap_time", "0")
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")


os.environ.update({key: os.environ.get(key, value) for key, value in _SWITCHES.items()})
