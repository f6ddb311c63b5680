import base64
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from deploy import bundling, lay_release, packages, signing
from tests.deploy.bundles import make_bundle

PARTS = ("kiosk", "sync", "hardware")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheel, as `make bundle` makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    bundling.copy_source(folder / "source", "9.8.7")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    command = [*pip, "--wheel-dir", folder, folder / "source"]
    subprocess.run(command, check=True)
    [made] = folder.glob("*.whl")
    return made


def test_all_that_the_code_reads_is_in_the_wheel(wheel: Path) -> None:
    told = subprocess.run(["git", "ls-files", *PARTS], capture_output=True, text=True, check=True)
    wanted = {name for name in told.stdout.split() if Path(name).exists()}
    wanted = {name for name in wanted if not name.endswith((".md", ".cfg", ".po"))}
    catalogues = {str(path.with_suffix(".mo")) for path in Path().glob("[ks]*/**/*.po")}
    assert (wanted | catalogues) - {*zipfile.ZipFile(wheel).namelist()} == set()


def test_the_wheel_runs_from_a_venv_of_its_own(wheel: Path, tmp_path: Path) -> None:
    """What ours needs is lent from here by a path that is looked at last."""
    venv.create(tmp_path / "venv", with_pip=False)
    [packages_dir] = (tmp_path / "venv").glob("lib/*/site-packages")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*command, "--target", packages_dir, wheel], check=True)
    [lent] = [path for path in map(Path, sys.path) if path.name == "site-packages"]
    (packages_dir / "zz.pth").write_text(f"import sys; sys.path.append({str(lent)!r})\n")
    for module in ("kiosk.cli", "sync.central.cli"):
        code = f"import {module} as m; print(m.__file__); m.main(['--help'])"
        python = [tmp_path / "venv/bin/python", "-I", "-c", code]
        done = subprocess.run(python, capture_output=True, text=True, cwd=tmp_path)
        assert done.stdout.startswith(str(packages_dir)), done.stderr
        assert "usage:" in done.stdout


def test_the_wheel_has_the_version_that_was_asked_for(wheel: Path) -> None:
    assert wheel.name.startswith("rapfang-9.8.7-")


def test_a_bundle_packed_twice_is_the_same_file_and_begins_with_its_manifest(
    tmp_path: Path,
) -> None:
    bundle = make_bundle(tmp_path)
    signing.new_key(tmp_path / "key")
    signing.sign(tmp_path / "key", bundle)
    first = bundling.pack(bundle).read_bytes()
    assert bundling.pack(bundle).read_bytes() == first
    with tarfile.open(tmp_path / f"{bundle.name}.tar") as tar:
        names = tar.getnames()
    assert names[:2] == [f"{bundle.name}/manifest.json", f"{bundle.name}/manifest.sig"]
    assert len(names) == len({*names})


def test_a_bundle_is_signed_by_whom_the_key_belongs_to(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path)
    public = signing.new_key(tmp_path / "key")
    signing.sign(tmp_path / "key", bundle)
    signature = base64.b64decode((bundle / "manifest.sig").read_bytes())
    manifest = (bundle / "manifest.json").read_bytes()
    VerifyKey(base64.b64decode(public)).verify(manifest, signature)
    other = VerifyKey(base64.b64decode(signing.new_key(tmp_path / "other")))
    with pytest.raises(BadSignatureError):
        other.verify(manifest, signature)


def test_openssl_reads_the_signature_where_nothing_of_ours_is_installed(tmp_path: Path) -> None:
    """At the first install there is no PyNaCl; the key is wrapped as RFC 8410 says."""
    bundle = make_bundle(tmp_path)
    public = signing.new_key(tmp_path / "key")
    signing.sign(tmp_path / "key", bundle)
    wrapped = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(public)
    (tmp_path / "key.der").write_bytes(wrapped)
    (tmp_path / "sig").write_bytes(base64.b64decode((bundle / "manifest.sig").read_bytes()))
    command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER"]
    files = ["-inkey", tmp_path / "key.der", "-sigfile", tmp_path / "sig"]
    done = subprocess.run(
        [*command, *files, "-in", bundle / "manifest.json"], capture_output=True, text=True
    )
    assert "Signature Verified Successfully" in done.stdout, done.stderr


def test_a_damaged_bundle_is_not_signed(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path)
    signing.new_key(tmp_path / "key")
    (bundle / "share/apt.txt").write_text("evil\n")
    with pytest.raises(lay_release.Refused):
        signing.sign(tmp_path / "key", bundle)
    assert not (bundle / "manifest.sig").exists()


def test_a_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    key = tmp_path / "key"
    signing.new_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        signing.new_key(key)
    key.chmod(0o644)
    with pytest.raises(signing.BadKey, match="others can read it"):
        signing.load_key(key)


def test_a_file_that_holds_no_key_is_said_to_hold_none(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("secret\n")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(signing.BadKey, match="not a key made by"):
        signing.load_key(tmp_path / "key")


def test_an_index_of_packages_is_one_that_apt_reads(tmp_path: Path) -> None:
    """A package made here, found by apt in the index that we wrote."""
    control = tmp_path / "tiny/DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.write_text(
        "Package: tiny-thing\nVersion: 1:2-3\nArchitecture: all\n"
        "Maintainer: Nobody <nobody@example.org>\nDescription: a thing\n"
    )
    repository = tmp_path / "debs"
    repository.mkdir()
    subprocess.run(
        ["dpkg-deb", "--build", tmp_path / "tiny", repository / "tiny-thing_1-2-3_all.deb"],
        check=True,
        capture_output=True,
    )
    packages.write_index(repository)
    for name in ("lists/partial", "cache/archives/partial"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "sources.list").write_text(f"deb [trusted=yes] file:{repository} ./\n")
    options = [
        *(
            "-o",
            f"Dir::State::lists={tmp_path / 'lists'}",
            "-o",
            f"Dir::Cache={tmp_path / 'cache'}",
        ),
        *("-o", f"Dir::Etc::sourcelist={tmp_path / 'sources.list'}"),
        *("-o", "Dir::Etc::sourceparts=/dev/null", "-o", "APT::Sandbox::User=root"),
    ]
    subprocess.run(["apt-get", *options, "-q", "update"], check=True, capture_output=True)
    command = ["apt-get", *options, "--simulate", "install", "tiny-thing"]
    told = subprocess.run(command, capture_output=True, text=True)
    assert "Inst tiny-thing (1:2-3" in told.stdout, told.stderr


def test_what_every_debian_has_is_left_out_unless_it_has_a_sibling_in() -> None:
    bash, udev, libudev, library, small = (
        packages.Package(name, "1") for name in ("bash", "udev", "libudev1", "libc6", "small")
    )
    sources = {"bash": "bash", "udev": "systemd", "libudev1": "systemd", "libc6": "glibc"}
    chosen = packages.left_out(
        {bash, udev, libudev, library, small},
        {bash, libudev, library},
        {**sources, "small": "small"},
    )
    assert chosen == [libudev, small, udev]
