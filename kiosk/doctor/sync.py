"""Whether what was kept reaches central, all of it."""

from kiosk.config import Config
from kiosk.doctor.finding import Finding
from kiosk.report import box_identity, box_store, tally_in_words
from kiosk.vitals import is_silent


def outbox(config: Config) -> Finding:
    """What waits and what central refused."""
    with box_store(config) as store:
        counts = store.outbox_counts()
    return Finding(
        name="outbox",
        is_well=not counts.parked,
        evidence=f"{counts.waiting} waiting, {counts.parked} parked",
        next="kiosk outbox",
    )


def central(config: Config) -> Finding:
    """Whether central was reached lately."""
    identity = box_identity(config)
    with box_store(config) as store:
        link = store.link_state(identity.device_code)
    evidence = f"{identity.central_url} reached" if link.reached_at else "never reached"
    if link.failing_since:
        evidence = f"{identity.central_url} not reached: {link.reason}"
    return Finding(
        name="central", is_well=not is_silent(link), evidence=evidence, next="kiosk sync-now"
    )


def former(config: Config) -> Finding:
    """What a salvage left under another device code goes as well, or somebody should know."""
    present = box_identity(config).device_code
    with box_store(config) as store:
        links = {code: store.link_state(code) for code in store.waiting_codes() if code != present}
    stuck = [f"{code} waits: {link.reason}" for code, link in links.items() if link.failing_since]
    return Finding(
        name="former codes",
        is_well=not stuck,
        evidence="; ".join(stuck)
        or (f"{', '.join(links)} still wait" if links else "nothing waits"),
        next="kiosk sync-now; if it stays, tell central's operator",
    )


def tally(config: Config) -> Finding:
    """Whether central holds every case that was handed over."""
    with box_store(config) as store:
        state = store.tally_state(box_identity(config).device_code)
    return Finding(
        name="tally",
        is_well=state is None or state.is_agreed,
        evidence=tally_in_words(state),
        next="kiosk sync-now; if it stays, tell central's operator",
    )
