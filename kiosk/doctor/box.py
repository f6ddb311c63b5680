"""Who the box is: its municipality, its code, the letters it can be typed in."""

from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, well
from kiosk.profile import division_of, profile_in_force
from kiosk.report import box_identity, box_store
from kiosk.widgets.layouts import speaks
from sync.rekeying import is_unfinished


def profile(config: Config) -> Finding:
    """Whose box it is, and at which counter."""
    released = profile_in_force(config)
    evidence = released.name.th
    if code := division_of(config, released):
        evidence += f", at the counter of {released.division(code).name.th}"
    return well("profile", evidence)


def keys(config: Config) -> Finding:
    """Whether every language of the profile can be typed."""
    languages = profile_in_force(config).languages
    missing = [language for language in languages if not speaks(language)]
    if missing:
        install = "apt-get install xkb-data libxkbcommon0"
        return bad("keys", f"{', '.join(missing)} can't be typed", install)
    return well("keys", ", ".join(languages))


def identity(config: Config) -> Finding:
    """Which device code it has, and whether its key is settled."""
    own = box_identity(config).device_code
    if is_unfinished(config.state_dir):
        evidence = f"{own}; a change of its key was not finished"
        return bad("identity", evidence, "kiosk rotate-key")
    return well("identity", own)


def code(config: Config) -> Finding:
    """A salvaged or restored store takes no case under the code it had."""
    own = box_identity(config).device_code
    with box_store(config) as store:
        is_spent = store.is_spent(own)
    if is_spent:
        evidence = f"{own} is used up: no case is taken. Ask for a file by central join-file"
        return bad("code", evidence, "kiosk enrol JOIN-FILE")
    return well("code", f"{own} takes cases")
