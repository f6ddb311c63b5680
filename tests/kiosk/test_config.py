from pathlib import Path

import pytest

from hardware.panel.parts import Line
from kiosk.cli import main
from kiosk.config import Config, load
from kiosk.errors import ConfigError
from kiosk.profile import division_of, load_profile

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml")


def written(folder: Path, words: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(words)
    return path


def test_an_empty_file_gives_a_devices_defaults(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")) == Config()


def test_a_misspelt_key_names_file_place_and_what_is_allowed(tmp_path: Path) -> None:
    path = written(tmp_path, "[printer]\npaper_widht_mm = 80\n")
    with pytest.raises(ConfigError) as refusal:
        load(path)
    words = str(refusal.value)
    assert str(path) in words
    assert "`$.printer`" in words
    assert "paper_widht_mm" in words
    assert "paper_width_mm" in words
    assert "\n" not in words


def test_a_width_that_no_printer_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"paper_width_mm"):
        load(written(tmp_path, "[printer]\npaper_width_mm = 70\n"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: No such file"):
        load(tmp_path / "nowhere.toml")


def test_a_part_that_is_named_is_fitted_where_it_is_by_default(tmp_path: Path) -> None:
    words = '[panel]\ndriver = "gpio"\nface_1 = {}\ncall_staff = { bcm = 4, active = "high" }\n'
    wiring = load(written(tmp_path, words)).panel.wiring
    assert wiring == {
        "face_1": Line(bcm=5, active="low", pull="up"),
        "call_staff": Line(bcm=4, active="high", pull="up"),
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("face_1 = {}\nface_2 = { bcm = 5 }", r"face_2: BCM 5 is taken by face_1.*`\$.panel`"),
        ("fan = { bcm = 28 }", r"fan: BCM 28 is none of 2 to 27"),
        ("face_1 = { bcm = 2, pull = 'none' }", r"face_1: BCM 2 is pulled up on the board"),
        ("fan_on_c = 50\nfan_off_c = 50", r"fan_off_c has to be below fan_on_c"),
        ("face_1 = { pin = 5 }", r"unknown field `pin`.*face_1.*allowed"),
        ("face_6 = {}", r"unknown field `face_6`.*allowed: driver"),
    ],
)
def test_a_panel_that_can_not_be_wired_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refusal:
        load(written(tmp_path, f"[panel]\n{words}\n"))
    assert "\n" not in str(refusal.value)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(AttributeError):
        Config().glass.width = 3  # type: ignore[misc]


def test_the_command_says_one_line_and_exits_2_when_settings_are_misspelt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", str(written(tmp_path, "[glas]\n")))
    assert main(["profile", "check"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "glas" in said
    assert "allowed: device, printer, glass" in said


def test_the_example_profile_is_fine() -> None:
    profile = load_profile(PROFILE)
    assert profile.name.th == "เทศบาลตำบลท่าเกษม"
    assert profile.topic("street_light").division == "works"


def test_profile_check_reads_what_the_kiosk_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", str(written(tmp_path, "")))
    assert main(["profile", "check", str(PROFILE)]) == 0
    said = capsys.readouterr().out
    assert "16 topics" in said
    assert "8 reasons, 1 questionnaires" in said
    settings = written(tmp_path, '[device]\ndivision = "wroks"\n')
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    assert main(["profile", "check", str(PROFILE)]) == 2
    assert "'wroks' is not one of clerk" in capsys.readouterr().err


def test_a_misspelt_profile_exits_2_and_says_what_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_CONFIG", str(written(tmp_path, "")))
    misspelt = tmp_path / "profile.toml"
    misspelt.write_text(PROFILE.read_text().replace('division = "works"', 'divison = "works"', 1))
    assert main(["profile", "check", str(misspelt)]) == 2
    said = capsys.readouterr().err
    assert "divison" in said
    assert "allowed: code, name, division, icon" in said


def test_a_topic_of_an_unknown_division_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "profile.toml"
    wrong.write_text(PROFILE.read_text().replace('division = "health"', 'division = "heath"', 1))
    with pytest.raises(ConfigError, match=r"'heath' is not one of .*\$\.topics\[6\]"):
        load_profile(wrong)


def test_the_division_that_a_device_stands_at_is_one_of_the_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = load_profile(PROFILE)
    assert division_of(Config(), profile) == ""
    path = written(tmp_path, '[device]\ndivision = "works"\n')
    assert division_of(load(path), profile) == "works"
    monkeypatch.setenv("KIOSK_CONFIG", str(written(tmp_path, '[device]\ndivision = "work"\n')))
    with pytest.raises(ConfigError) as refusal:
        division_of(load(path), profile)
    for words in (str(path), "'work'", "clerk, finance, works", "`$.device.division`"):
        assert words in str(refusal.value)
