import logging
import sys

import pytest

from sync.central.logs import DiscreetFormatter, masked

KEY = "K7QM2R9XABCDEFGH"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET /T/A1-0042-Y/{KEY} 200", "GET /T/A1-0042-Y/…"),
        (f"/t/a1-0042-y/{KEY.lower()}?lang=en", "/t/a1-0042-y/…"),
        (f"Not Found: /T/A1-0042-Y/{KEY}/more/of/it", "Not Found: /T/A1-0042-Y/…"),
        ("/T/A1 0042 Y/K7QM 2R9X ABCD EFGH", "/T/A1 0042 Y/…"),
        (f"/t%2FA1-0042-Y%2F{KEY}", "/t%2FA1-0042-Y%2F…"),
        (f"bad line 'GET /T/A1-0042-Y/{KEY} HTP'", "bad line 'GET /T/A1-0042-Y/…"),
        (f"/T/A1-0042-Y/{KEY[:9]}'{KEY[9:]}\"", "/T/A1-0042-Y/…"),
        (f"//T//A1-0042-Y//{KEY}", "//T//A1-0042-Y//…"),
        ("key K7QM-2R9X-ABCD-EFGH", "key …"),
        (f"{KEY!r}", "'…'"),
        ("GET /T/A1-0042-Y/… 200 7.9 ms", "GET /T/A1-0042-Y/… 200 7.9 ms"),
        (
            "/staff/cases/0f1b2c3d-1234-1234-1234-123456789abc",
            "/staff/cases/0f1b2c3d-1234-1234-1234-123456789abc",
        ),
    ],
)
def test_keys_are_cut_out_of_every_line(said, kept):
    assert masked(said) == kept


def test_a_key_typed_over_two_lines_is_cut_out_and_makes_no_line_of_its_own():
    path = f"/T/A1-0042-Y/{KEY[:8]}\n{KEY[8:]}\u2028x"
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET %s", (path,), None)
    assert DiscreetFormatter().format(record).endswith(" x: GET /T/A1-0042-Y/…")


def test_an_exception_is_told_without_its_words():
    try:
        try:
            raise KeyError(f"สมชาย {KEY}")
        except KeyError as error:
            raise ValueError("ไฟดับหน้าบ้าน") from error
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "went wrong", (), sys.exc_info())
    text = DiscreetFormatter().format(record)
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_logs.py" in text
    assert not any(words in text for words in ("สมชาย", KEY, "ไฟดับ"))


def test_lines_carry_utc():
    record = logging.LogRecord("x", logging.INFO, "", 0, "said", (), None)
    record.created = 0.5
    assert DiscreetFormatter().format(record) == "1970-01-01T00:00:00.500000Z INFO x: said"
