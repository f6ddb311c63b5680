"""The compiler of shaders, sent home once everything is drawn as it will be.

Mesa keeps the shading language's own functions parsed, some MB, until it is told that nothing
more is to be compiled (glReleaseShaderCompiler). What is compiled after all calls it back, for
some ten milliseconds.
"""

import ctypes

from kivy.core.window import _window_sdl2

_sdl = ctypes.CDLL(_window_sdl2.__file__)  # which has SDL, wherever it came from
_sdl.SDL_GL_GetProcAddress.restype = ctypes.c_void_p
_sdl.SDL_GL_GetProcAddress.argtypes = [ctypes.c_char_p]


def release_compiler() -> None:
    """Where the driver knows how; for moments when nobody waits for a frame."""
    if address := _sdl.SDL_GL_GetProcAddress(b"glReleaseShaderCompiler"):
        ctypes.CFUNCTYPE(None)(address)()
