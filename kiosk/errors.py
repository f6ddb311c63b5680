"""What can go wrong in the kiosk itself, in one tree.

KioskError
├── ConfigError          settings or profile: unreadable, misspelt, out of range
├── NotNow               a technician's command has to wait; says for whom
│   ├── Occupied         a resident is at the glass
│   └── Busy             another technician is at it
├── Unfinished           an update of which no end is told; says how it stands
├── ReleaseRefused       a bundle or a release that is not switched to; says why
│   └── BundleRefused    the file itself is not whole, or a stranger's, and stays so
├── PaperUnknown         a job for a kind of paper that this release does not print
├── AnswerInvalid        a resident's answer that no form accepts (also a ValueError)
└── ClockUntrusted       a date was asked for and the clock is a guess
"""


class KioskError(Exception):
    """Something is wrong in the kiosk itself."""

    code = "kiosk"


class ConfigError(KioskError):
    """Settings or profile are unreadable, misspelt or out of range."""

    code = "config"


class NotNow(KioskError):
    """A technician's command has to wait; the words say for whom, and what to do."""

    code = "not_now"


class Occupied(NotNow):
    """A resident is at the glass, or nobody can tell."""

    code = "occupied"


class Busy(NotNow):
    """Another technician's command changes this box now."""

    code = "busy"


class ReleaseRefused(KioskError):
    """A bundle or a release was refused, and nothing was switched; the words say why."""

    code = "release_refused"


class BundleRefused(ReleaseRefused):
    """Whatever becomes of this box, this file is no bundle that it installs."""


class Unfinished(KioskError):
    """What was begun goes on, or stands still, without this command; the words say which."""

    code = "unfinished"


class PaperUnknown(KioskError):
    """A job for a kind of paper that only a later release prints."""

    code = "paper_unknown"


class AnswerInvalid(KioskError, ValueError):
    """An answer that the form does not accept.

    Args:
        code: why, a key for the translated text.
        field: the answer's name in `kiosk.form.model`.
    """

    code = "answer_invalid"

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code = code
        self.field = field


class ClockUntrusted(KioskError):
    """A date was asked for and the clock is a guess."""

    code = "clock_untrusted"
