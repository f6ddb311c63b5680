"""A module's fixtures are made once, whichever versions of pytest and xdist hand its tests out."""

from types import SimpleNamespace

from tests.spreading import APART, ByModule

TOGETHER = [f"tests/kiosk/test_one.py::test_{number}[a@b]" for number in range(9)]
OTHERS = [f"tests/kiosk/test_other.py::test_{number}" for number in range(9)]


class Process:
    """Notes which tests it is sent."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.sent: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        self.sent += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def spread(names: list[str]) -> list[set[str]]:
    """Which tests each of two processes is sent at first."""
    option = SimpleNamespace(loadscopereorder=False)
    two = SimpleNamespace(option=option, getvalue=lambda _: ["2*popen"])
    scheduler, processes = ByModule(two), [Process("one"), Process("other")]
    for process in processes:
        scheduler.add_node(process)
        scheduler.add_node_collection(process, names)
    scheduler.schedule()
    return [{names[index] for index in process.sent} for process in processes]


def test_a_modules_tests_all_go_to_one_process() -> None:
    assert spread([*TOGETHER, *OTHERS]) == [set(TOGETHER), set(OTHERS)]


def test_long_tests_that_share_nothing_may_run_anywhere() -> None:
    one, other = (f"tests/{APART[0]}::test_one", f"tests/{APART[0]}::test_other")
    assert spread([one, other]) == [{one}, {other}]
