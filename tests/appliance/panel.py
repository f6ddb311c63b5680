"""A panel for a guest's glass: a display of this machine's, since a container has no DRM."""

from pathlib import Path
from typing import Any

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from tests.appliance.guest import Guest
from tests.journey.glass import Hand

PLACE = "/media/panel"
"""Where a guest finds the display's socket."""
SOCKETS = Path("/tmp/.X11-unix")
DROP_IN = """\
# In this guest alone: a container has no panel and no DRM, so the glass draws, in software,
# onto a display of its host; and it says what can be touched, for a test's hand.
[Service]
Environment=SDL_VIDEODRIVER=x11 DISPLAY={display} LIBGL_ALWAYS_SOFTWARE=1
BindReadOnlyPaths={place}:/tmp/.X11-unix
ExecStart=
ExecStart=/opt/rapfang/current/bin/kiosk ui --map /run/kiosk/map.json
"""


class GuestsHand(Hand):
    """A hand that finds the glass's map in a guest's memory, which is another after a reboot."""

    def __init__(self, display: str, box: Guest) -> None:
        super().__init__(display, Path())
        self._box_is = box

    def look(self) -> dict[str, Any]:
        """As Hand does; nothing while the guest does not run."""
        try:
            self._map_file = Path(f"/proc/{self._box_is.leader()}/root/run/kiosk/map.json")
        except LookupError:
            return {"screen": "", "serial": 0, "targets": []}
        return super().look()


def mounted(box: Guest, processes: Processes, size: tuple[int, int] = (1280, 800)) -> Hand:
    """Give a guest a panel, and a hand on it. It has to see `SOCKETS` at `PLACE`."""
    display = virtual_display(processes, *size)
    unit = box.root / "etc/systemd/system/kiosk-ui.service.d/90-guest.conf"
    unit.parent.mkdir(exist_ok=True)
    unit.write_text(DROP_IN.format(display=display, place=PLACE))
    return GuestsHand(display, box)
