"""What can go wrong when central is set up or run, in one tree.

CentralError             an operator has to mend something; one line, exit 2
├── SettingsWrong        an environment variable or the profile (also a ValueError)
├── KeysMissing          a key file is not where it should be
├── KeyRefused           what was to be done with a key cannot be, or must not
├── DatabaseUnreachable  the server of CENTRAL_DATABASE cannot be asked
├── DatabaseUnfit        it answers, but would not keep what it is given
├── BackupRefused        a backup cannot be made, or must not be brought back here
├── TooManyItems         as many items are on the glass as may be
├── PictureRefused       what was sent in is no picture that can be used (also a ValueError)
├── CodeTaken            a device code that was handed out before
├── DeviceUnknown        a device code that was never handed out
└── OfficerUnknown       nobody of that name may sign in
"""


class CentralError(Exception):
    """An operator has to mend something."""


class SettingsWrong(CentralError, ValueError):
    """An environment variable or the profile is misspelt or out of range."""


class KeysMissing(CentralError):
    """A key file is not where it should be."""


class KeyRefused(CentralError):
    """What an operator asked for with a key cannot be done, or must not."""


class DatabaseUnreachable(CentralError):
    """The database's server cannot be asked."""


class DatabaseUnfit(CentralError):
    """The database would not keep what it is given: too old, or set not to be durable."""


class BackupRefused(CentralError):
    """It cannot be written or read, or something that it would replace is here."""


class CodeTaken(CentralError):
    """The device code was handed out before; its numbers could come twice."""


class TooManyItems(CentralError):
    """As many items are on the glass as a release may hold."""


class PictureRefused(CentralError, ValueError):
    """It is not read as a picture, or has too many pixels; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeviceUnknown(CentralError):
    """The device code was never handed out."""


class OfficerUnknown(CentralError):
    """Nobody of that name may sign in."""
