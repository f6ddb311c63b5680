"""Where the translated words are: one gettext catalogue per domain and language.

Domain `kiosk` is the glass, `slip` the paper. Messages are written in English in the
code; all five languages must be complete (`make check`).
"""

import gettext
from functools import cache
from pathlib import Path

LOCALE_DIR = Path(__file__).parent / "locale"


@cache
def catalogue(domain: str, language: str) -> gettext.NullTranslations:
    """The catalogue of `language` (`th`, `en`, `km`, `my`, `lo`).

    Raises:
        FileNotFoundError: not compiled; the set-up does that.
    """
    return gettext.translation(domain, LOCALE_DIR, languages=[language])
