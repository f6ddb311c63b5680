import csv
import io
import json
import uuid

import pytest

from kiosk.cli import main
from kiosk.config import Config
from sync.asking import ask
from sync.errors import StatementRefused
from sync.store import STORE_FILE, Store
from tests.kiosk.cli.terminal import Terminal
from tests.sync.samples import INSTANT, submission

WRITES = [
    "DELETE FROM outbox",
    "UPDATE counters SET value = 0",
    "INSERT INTO boots VALUES ('a', 'b')",
    "DROP TABLE cases",
    "ATTACH '/tmp/other.db' AS other",
    "PRAGMA journal_mode = DELETE",
    "VACUUM INTO '/tmp/other.db'",
    "WITH x AS (SELECT 1) DELETE FROM outbox",
    "SELECT load_extension('x')",
]


@pytest.fixture
def store(box: Config) -> None:
    """Three cases wait."""
    with Store.open(box.state_dir / STORE_FILE) as store:
        for _ in range(3):
            keep_case(store)


def keep_case(store: Store) -> None:
    case_id = uuid.uuid4()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number))


@pytest.mark.usefixtures("store")
def test_one_select_is_answered_as_a_table_as_json_and_as_csv(
    capsys: pytest.CaptureFixture[str],
) -> None:
    statement = "SELECT state, count(*) AS many FROM outbox GROUP BY state"
    assert main(["query", statement]) == 0
    shown = capsys.readouterr().out
    assert "waiting" in shown
    assert "1 row" in shown
    assert main(["query", "--json", statement]) == 0
    assert json.loads(capsys.readouterr().out) == [{"state": "waiting", "many": 3}]
    assert main(["query", "--csv", statement]) == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["state", "many"],
        ["waiting", "3"],
    ]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("statement", WRITES)
def test_what_would_write_is_refused_and_nothing_changes(
    box: Config, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (box.state_dir / STORE_FILE).read_bytes()
    assert main(["query", statement]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert said.err.count("\n") == 1
    with Store.open(box.state_dir / STORE_FILE) as after:
        assert after.outbox_counts().waiting == 3
    assert (box.state_dir / STORE_FILE).read_bytes()[100:] == before[100:]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "statement", ["SELEC 1", "SELECT 1; SELECT 2", "SELECT * FROM nothing", ""]
)
def test_what_is_no_question_is_said_in_one_line(
    statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["query", statement])
    assert code == (0 if not statement else 2)
    assert capsys.readouterr().err.count("\n") == (1 if statement else 0)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "asked", ["slip", "hex(slip)", "CAST(slip AS TEXT)", "quote(substr(slip, 1))"]
)
def test_the_words_of_a_slip_come_back_by_no_function(
    box: Config, asked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(box.state_dir / STORE_FILE) as store:
        words = store.slip_jobs(1)[0].slip
    assert words
    assert main(["query", "--json", f"SELECT {asked} AS told FROM slip_jobs"]) == 0
    told = capsys.readouterr().out
    assert words.decode() not in told
    assert words.hex().upper() not in told
    assert asked != "slip" or "sealed, " in told


@pytest.mark.usefixtures("store")
def test_a_question_without_end_is_ended(box: Config) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
    with Store.open(box.state_dir / STORE_FILE) as opened, pytest.raises(StatementRefused):
        ask(opened, endless, longest_s=0.05)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("columns", ["*", "record_id, digest, kept_at", "digest"])
def test_a_wide_answer_is_folded_into_sixty_columns(columns: str) -> None:
    with Terminal(["query", f"SELECT {columns} FROM outbox"]) as terminal:
        assert terminal.ended() == 0
    assert [line for line in terminal.words.splitlines() if len(line) > 60] == []


@pytest.mark.usefixtures("store")
def test_a_question_sees_what_is_in_the_log_still(box: Config) -> None:
    with Store.open(box.state_dir / STORE_FILE) as writer:
        keep_case(writer)
        with Store.open(box.state_dir / STORE_FILE) as reader:
            assert ask(reader, "SELECT count(*) FROM cases").rows == [[4]]
