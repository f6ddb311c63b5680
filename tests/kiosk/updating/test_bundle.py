"""What somebody brought is believed only as far as it is signed, whole and inside itself."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy import signing
from kiosk.errors import ReleaseRefused
from kiosk.updating.bundle import read_manifest, unpack
from tests.kiosk.updating.box import Box

Change = Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]


def rewrite(path: Path, change: Change) -> None:
    """Pack it anew with other members."""
    with tarfile.open(path) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in members:
            for fresh, bytes_ in change(member, content):
                fresh.size = len(bytes_)
                tar.addfile(fresh, io.BytesIO(bytes_))


def refusal(box: Box, path: Path) -> str:
    """Why it is refused; nothing may be written outside of the folder that is thrown away."""
    target = box.folder / "unpacked"
    target.mkdir(exist_ok=True)
    before = {p for p in box.folder.rglob("*") if target not in p.parents}
    with pytest.raises(ReleaseRefused) as caught:
        unpack(path, read_manifest(path, box.where.keys), target)
    assert {p for p in box.folder.rglob("*") if target not in p.parents} == before
    return str(caught.value)


def test_a_signed_bundle_is_unpacked_as_it_was_made(box: Box, tmp_path: Path) -> None:
    path = box.bring("1.1.0")
    manifest = read_manifest(path, box.where.keys)
    assert manifest.version == "1.1.0"
    (tmp_path / "unpacked").mkdir()
    unpack(path, manifest, tmp_path / "unpacked", without="wheels")
    there = {p for p in (tmp_path / "unpacked").rglob("*") if p.is_file()}
    names = {str(p.relative_to(tmp_path / "unpacked")) for p in there}
    wanted = {name for name in manifest.files if not name.startswith("wheels/")}
    assert names == wanted | {"manifest.json"}


def test_a_bundle_that_nobody_signed_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [] if m.name.endswith("manifest.sig") else [(m, c)])
    assert "the bundle is not signed" in refusal(box, path)


def test_a_bundle_signed_by_another_is_refused(box: Box) -> None:
    signing.new_key(box.folder / "stranger")
    path = box.bring("1.1.0", key=box.folder / "stranger")
    assert "is not signed by a key in" in refusal(box, path)


def test_a_second_key_is_believed_too_while_keys_change(box: Box) -> None:
    public = signing.new_key(box.folder / "next")
    path = box.bring("1.1.0", key=box.folder / "next")
    box.where.keys.write_text(f"{box.where.keys.read_text()}\n{public}\n")
    assert read_manifest(path, box.where.keys).version == "1.1.0"


def test_a_signature_that_is_no_signature_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [(m, b"!!!" if m.name.endswith("manifest.sig") else c)])
    assert "is not signed by a key in" in refusal(box, path)


def test_a_manifest_changed_after_signing_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [(m, c.replace(b"1.1.0", b"1.1.1"))])
    assert "is not signed by a key in" in refusal(box, path)


def test_a_file_changed_after_signing_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [(m, c[::-1] if m.name.endswith("apt.txt") else c)])
    assert "share/apt.txt is not what was built" in refusal(box, path)


def test_a_longer_file_is_refused_without_being_read_to_its_end(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [(m, c + bytes(4 << 20) if m.name.endswith("apt.txt") else c)])
    assert "share/apt.txt is not what was built" in refusal(box, path)


def test_a_missing_file_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [] if m.name.endswith("apt.txt") else [(m, c)])
    assert "share/apt.txt is missing; next: copy it again" in refusal(box, path)


def added(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Change:
    """One more member, after the last."""

    def change(member: tarfile.TarInfo, content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if not member.name.endswith(".whl"):
            return [(member, content)]
        more = tarfile.TarInfo(name)
        more.type, more.linkname = kind, link
        return [(member, content), (more, b"")]

    return change


@pytest.mark.parametrize(
    ("name", "kind", "link", "words"),
    [
        ("b/share/evil.service", tarfile.REGTYPE, "", "does not belong"),
        ("b/../../evil", tarfile.REGTYPE, "", "leads out of the bundle"),
        ("/etc/evil", tarfile.REGTYPE, "", "leads out of the bundle"),
        ("b/share/apt.txt", tarfile.SYMTYPE, "/etc/shadow", "does not belong"),
        ("b/share/apt.txt", tarfile.LNKTYPE, "/etc/shadow", "does not belong"),
        ("b/share/x", tarfile.CHRTYPE, "", "does not belong"),
        ("b", tarfile.DIRTYPE, "", "leads out of the bundle"),
    ],
    ids=["one too many", "upwards", "from the root", "link", "hard link", "device", "folder"],
)
def test_what_does_not_belong_into_a_bundle_is_never_written(
    box: Box, name: str, kind: bytes, link: str, words: str
) -> None:
    path = box.bring("1.1.0")
    rewrite(path, added(name, kind, link))
    assert words in refusal(box, path)


def test_a_file_that_comes_twice_is_refused(box: Box) -> None:
    path = box.bring("1.1.0")
    rewrite(path, lambda m, c: [(m, c), (m, c)] if m.name.endswith("apt.txt") else [(m, c)])
    assert "share/apt.txt does not belong" in refusal(box, path)


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.6, 0.95])
def test_a_bundle_copied_in_part_is_refused(box: Box, share: float) -> None:
    path = box.bring("1.1.0")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content.rstrip(b"\0")))])
    assert "next: " in refusal(box, path)


@pytest.mark.parametrize("content", [b"", b"PK\3\4 a zip", b"x" * 100_000, bytes(100_000)])
def test_what_is_no_bundle_is_refused(box: Box, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "holiday.tar").write_bytes(content)
    assert "bundle" in refusal(box, tmp_path / "holiday.tar")


def test_a_path_that_leads_nowhere_is_refused(box: Box, tmp_path: Path) -> None:
    assert "No such file" in refusal(box, tmp_path / "nothing.tar")


@pytest.mark.parametrize("keys", ["", "# nobody\n", "not a key\n"])
def test_a_box_that_believes_nobody_installs_nothing(box: Box, keys: str) -> None:
    path = box.bring("1.1.0")
    box.where.keys.write_text(keys)
    assert "release.pub" in refusal(box, path)


def test_a_box_without_keys_says_where_they_belong(box: Box) -> None:
    path = box.bring("1.1.0")
    box.where.keys.unlink()
    assert "next: put the public key" in refusal(box, path)
