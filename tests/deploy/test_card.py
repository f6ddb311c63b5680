"""What `deploy/image` does about its options and at its end; whole it is in tests/appliance."""

import subprocess
from pathlib import Path

IMAGE = Path("deploy/image")


def done_by(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    functions = IMAGE.read_text().rpartition('\narguments "$@"')[0]
    return subprocess.run(
        ["bash", "-c", f"{functions}\ncd {folder}\n{script}"], capture_output=True, text=True
    )


def test_a_join_file_goes_to_the_boot_partition_and_not_to_install(tmp_path: Path) -> None:
    """No kiosk runs in the image that could take it on; the box does as it starts."""
    (tmp_path / "B2.toml").write_text("secret")
    (tmp_path / "space/root/boot/firmware").mkdir(parents=True)
    script = 'choices --ssh-key me.pub --join B2.toml; echo "${options[@]}"; '
    done = done_by(f"{script} space=space; put_join_file", tmp_path)
    assert (done.returncode, done.stdout) == (0, "--ssh-key me.pub\n")
    assert (tmp_path / "space/root/boot/firmware/kiosk-join.toml").read_text() == "secret"


def test_an_image_that_holds_an_identity_is_its_makers_alone(tmp_path: Path) -> None:
    (tmp_path / "base").write_text("base")
    copy = "base=base GROW_MB=1; sfdisk() { cat >/dev/null; }; copy_base"
    done_by(f"out=own join=B2.toml; {copy}; out=any join=; {copy}", tmp_path)
    assert (tmp_path / "own.draft").stat().st_mode & 0o077 == 0
    assert (tmp_path / "any.draft").stat().st_mode & 0o044
    assert (tmp_path / "own.draft").read_bytes()[:4] == b"base"


def test_a_join_file_that_is_mistyped_is_refused(tmp_path: Path) -> None:
    for words in ("--join", "--join nowhere"):
        done = done_by(f"choices {words}", tmp_path)
        assert (done.returncode, "--join: there is no" in done.stderr) == (2, True)


CLOSING = (
    "boot_loop= root_loop= loop=; losetup() { echo $*; }; trap close_image EXIT; draft=draft; "
)


def test_a_card_that_cannot_be_let_go_of_is_not_emptied(tmp_path: Path) -> None:
    kept = tmp_path / "space/root/kept"
    kept.parent.mkdir(parents=True)
    kept.touch()
    busy = "space=space; mountpoint() { [[ $2 == */root ]]; }; umount() { return 1; }; "
    for end in ("close_image; mv draft out", "exit 0", "false"):
        done = done_by(CLOSING + busy + end, tmp_path)
        assert done.returncode == 2, end
        assert "space/root is in use, so draft is not whole; next: fuser" in done.stderr
        assert kept.exists()


def test_a_card_that_was_let_go_of_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "space/root/boot/firmware").mkdir(parents=True)
    free = (
        "space=space loop=/dev/loop9; mountpoint() { [[ ! -e ${2//\\//_} ]]; }; "
        "umount() { touch ${1//\\//_}; }; "
    )
    done = done_by(CLOSING + free + "false", tmp_path)
    assert done.stdout == "--detach /dev/loop9\n"
    assert done.returncode == 1
    assert not (tmp_path / "space").exists()
    assert (tmp_path / "space_root_boot_firmware").exists()
