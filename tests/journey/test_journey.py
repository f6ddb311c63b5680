import json
import re

import pytest
import requests

from tests.journey.memory import copies_of
from tests.journey.tour import WORDS, Tour

CONTROL = "ท่าเกษม"
"""Stands on the glass at any time."""
NOTE = "ช่างจะเข้าไปดูพรุ่งนี้เช้า"


class Desk:
    """An officer at the desk, in a browser without JavaScript."""

    def __init__(self, url: str, said: str) -> None:
        name, password = re.search(r"Officer (\S+), password (\S+)", said).groups()
        self._url, self._session = url, requests.Session()
        self._post("/staff/sign-in", {"username": name, "password": password})

    def answer(self, reference: str, note: str) -> None:
        page = self._session.get(f"{self._url}/staff/", timeout=10).text
        assert reference in page
        case = re.search(r'href="(/staff/cases/[0-9a-f-]+)"', page)[1]
        seen = re.search(r'name="changes_seen" value="(\d+)"', self._get(case))[1]
        change = {"status": "in_progress", "division_code": "works", "public_note": note}
        self._post(f"{case}/status", {**change, "changes_seen": seen}, form_at=case)

    def _get(self, path: str) -> str:
        return self._session.get(self._url + path, timeout=10).text

    def _post(self, path: str, fields: dict[str, str], form_at: str = "") -> None:
        page = self._get(form_at or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        answer = self._session.post(
            self._url + path,
            data={**fields, "csrfmiddlewaretoken": token},
            headers={"Referer": self._url + path},
            timeout=10,
        )
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """One visit; at its end, while central still runs, an officer takes the case up."""
    tour = Tour(tmp_path_factory.mktemp("tour") / "visit", size=(1024, 600))

    def take_up(tour: Tour) -> None:
        pid = tour.glass.pid
        tour.in_memory = {text: copies_of(text, pid) for text in (WORDS, CONTROL)}
        tour.before = requests.get(tour.url, timeout=10).text
        Desk(tour.product.central_url, tour.said).answer(tour.reference, NOTE)
        tour.after = requests.get(tour.url, timeout=10).text

    tour.walk(then=take_up)
    return tour


def test_the_visit_leaves_its_report_and_pictures(tour: Tour) -> None:
    report = json.loads((tour.folder / "tour.json").read_text())
    assert set(report) == {"complaint", "rating", "ms"}
    assert report["complaint"]["tracking_url"] == tour.url
    assert report["rating"]["score"] == 4
    assert set(report["ms"]) == {
        "tap_to_saved",
        "tap_to_first_print_byte",
        "tap_to_acknowledged",
        "cold_start_to_first_frame",
    }
    assert len(list((tour.folder / "screens").glob("*.png"))) >= 12
    for name in ("slip.bin", "slip.png", "track.html", "track.png"):
        assert (tour.folder / name).stat().st_size > 1000


def test_the_slips_code_opens_the_page_of_that_very_case(tour: Tour) -> None:
    page = (tour.folder / "track.html").read_text()
    assert tour.reference in page
    assert "ไฟฟ้าสาธารณะ" in page
    assert WORDS not in page


def test_an_officers_step_shows_on_the_track_page(tour: Tour) -> None:
    assert NOTE not in tour.before
    assert NOTE in tour.after


def test_the_glass_holds_no_word_of_the_visit_in_its_memory(tour: Tour) -> None:
    assert tour.in_memory[CONTROL], "the search does not find what the glass shows now"
    assert not tour.in_memory[WORDS]


def test_no_log_tells_the_key_or_a_word(tour: Tour) -> None:
    key = tour.url.rsplit("/", 1)[1]
    logs = [*(tour.folder / "log").iterdir()]
    assert {log.stem for log in logs} >= {"central", "sync", "print", "ui"}
    for log in logs:
        told = log.read_text()
        assert key not in told, log
        assert WORDS not in told, log


def test_once_printed_the_device_holds_neither_key_nor_words(tour: Tour) -> None:
    key = tour.url.rsplit("/", 1)[1].encode()
    kept = [p for p in tour.product.kiosk_dir.rglob("*") if p.is_file()]
    assert any(path.name == "store.db" for path in kept)
    for path in kept:
        assert key not in path.read_bytes(), path
        for encoding in ("utf-8", "utf-16-le"):
            assert WORDS.encode(encoding) not in path.read_bytes(), path
