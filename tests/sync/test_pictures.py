"""A kiosk's pictures: fetched over a real socket, kept only as their address says, let go."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import pytest

from sync.bulletin import BULLETIN_FILE, LARGEST_PICTURE, Bulletin, Item, Picture, Said
from sync.client import Client
from sync.errors import Unreachable
from sync.guidance import Guidance
from sync.identity import Identity, join
from sync.pictures import MOST_AT_ONCE, PICTURES, Pictures
from sync.signature import sign_payload
from sync.wire import PATHS, Problem, encode
from tests.sync.samples import CENTRAL_PRIVATE_KEY, join_file_text
from tests.sync.test_line import read_clock

RAW = b"a picture, whatever it shows"
ADDRESS = hashlib.sha256(RAW).hexdigest()


class Shelf:
    """Serves files by path, and nothing else; remembers what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    def put(self, raw: bytes, address: str = "") -> str:
        found = address or hashlib.sha256(raw).hexdigest()
        self.files[f"{PATHS['pictures']}/{found}"] = raw
        return found


@contextmanager
def serving(shelf: Shelf) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.asked.append(self.path)
            refusal = encode(Problem(code="not_found", title="", status=404))
            body = shelf.files.get(self.path, refusal)
            self.send_response_only(200 if self.path in shelf.files else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shelf.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    with serving(shelf):
        yield shelf


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def client(shelf: Shelf, tmp_path: Path, state: Path) -> Client:
    (tmp_path / "join.toml").write_text(join_file_text(central_url=shelf.url))
    return Client(join(tmp_path / "join.toml", state), read_clock)


def bulletin_of(identity: Identity, *addresses: str) -> bytes:
    items = [
        Item(item_id=uuid4(), kind="news", title=Said(th="ข่าว"), picture=Picture(address=each))
        for each in addresses
    ]
    told = Bulletin(version=1, issued_at=datetime.now(UTC), items=items)
    return encode(sign_payload(encode(told), CENTRAL_PRIVATE_KEY, identity.central_key_id))


def name(client: Client, state: Path, *addresses: str) -> Pictures:
    """The pictures of a device whose bulletin names these."""
    (state / BULLETIN_FILE).write_bytes(bulletin_of(client.identity, *addresses))
    return Pictures(client, state)


def kept(state: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (state / PICTURES).iterdir()}


def test_what_the_bulletin_names_is_fetched_once_and_kept_private(
    shelf: Shelf, client: Client, state: Path
) -> None:
    shelf.put(RAW)
    pictures = name(client, state, ADDRESS, ADDRESS)
    assert pictures.refresh()
    assert pictures.refresh()
    assert kept(state) == {ADDRESS: RAW}
    assert len(shelf.asked) == 1
    assert (state / PICTURES / ADDRESS).stat().st_mode & 0o077 == 0


def test_what_is_not_as_its_address_says_is_not_kept_and_the_others_are(
    shelf: Shelf, client: Client, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = shelf.put(b"forged", "0" * 64)
    missing = "1" * 64
    large = shelf.put(bytes(LARGEST_PICTURE + 1))
    pictures = name(client, state, other, missing, large, shelf.put(RAW))
    assert pictures.refresh()
    assert kept(state) == {ADDRESS: RAW}
    assert caplog.text.count("not what its address says") == 2
    assert "not_found" in caplog.text
    shelf.put(b"forged again", "0" * 64)
    shelf.asked.clear()
    pictures.refresh()
    assert len(shelf.asked) == 3  # with the next hour each is tried again


def test_an_answer_without_end_is_no_answer(shelf: Shelf, client: Client, state: Path) -> None:
    shelf.put(bytes(2 * 1024 * 1024), "2" * 64)
    with pytest.raises(Unreachable):
        name(client, state, "2" * 64).refresh()
    assert kept(state) == {}


def test_what_is_no_longer_named_goes_and_so_does_what_is_damaged_or_half_written(
    shelf: Shelf, client: Client, state: Path
) -> None:
    late = shelf.put(b"another")
    shelf.put(RAW)
    name(client, state, ADDRESS, late).refresh()
    assert set(kept(state)) == {ADDRESS, late}
    (state / PICTURES / ADDRESS).write_bytes(RAW[:-1])
    (state / PICTURES / f".{late}.draft").write_bytes(b"half")
    name(client, state, ADDRESS).refresh()
    assert kept(state) == {ADDRESS: RAW}
    name(client, state).refresh()
    assert kept(state) == {}


def test_a_few_come_with_each_pass_so_that_cases_do_not_wait(
    shelf: Shelf, client: Client, state: Path
) -> None:
    many = [shelf.put(bytes([number])) for number in range(2 * MOST_AT_ONCE + 1)]
    pictures = name(client, state, *many)
    assert not pictures.refresh()
    assert set(kept(state)) == set(many[:MOST_AT_ONCE])
    assert not pictures.refresh()
    assert pictures.refresh()
    assert set(kept(state)) == set(many)


def test_without_a_bulletin_or_with_a_strangers_nothing_is_fetched(
    shelf: Shelf, client: Client, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert Pictures(client, state).refresh()
    (state / BULLETIN_FILE).write_bytes(b"{}")
    assert Pictures(client, state).refresh()
    assert "pictures not kept: BadMessage" in caplog.text
    assert shelf.asked == []


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(
    shelf: Shelf, client: Client, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.put(RAW)
    pictures = name(client, state, ADDRESS)
    (state / PICTURES).write_bytes(b"a file stands where the folder should")
    assert pictures.refresh()
    assert "pictures not kept: FileExistsError" in caplog.text


def test_the_hourly_round_fetches_them_after_their_bulletin(
    shelf: Shelf, client: Client, state: Path
) -> None:
    shelf.put(RAW)
    shelf.files[PATHS["bulletin"]] = bulletin_of(client.identity, ADDRESS)
    Guidance(client, state).refresh()
    assert kept(state) == {ADDRESS: RAW}
