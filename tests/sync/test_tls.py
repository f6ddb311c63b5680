"""HTTPS to a real server with certificates made here, from clocks that stand anywhere."""

import contextlib
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.case import Instant
from sync.client import Client
from sync.errors import Unreachable
from sync.identity import Identity, join
from sync.tls import Certificates
from sync.wire import Beat
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import CENTRAL_PRIVATE_KEY, join_file_text

NOW = datetime.now(UTC)
YEAR = timedelta(days=365)
AUTHORITY_KEY, SERVER_KEY = (
    ec.generate_private_key(ec.SECP256R1()),
    ec.generate_private_key(ec.SECP256R1()),
)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def certificate(
    host: str = "localhost",
    valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + YEAR),
    *,
    is_authority: bool = False,
    signed_by: ec.EllipticCurvePrivateKey = AUTHORITY_KEY,
) -> bytes:
    key = signed_by if is_authority else SERVER_KEY
    built = (
        x509.CertificateBuilder()
        .subject_name(named("Authority" if is_authority else host))
        .issuer_name(named("Authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()),
            critical=False,
        )
    )
    if is_authority:
        usage = dict.fromkeys(
            [
                *("digital_signature", "content_commitment", "key_encipherment"),
                *("data_encipherment", "key_agreement", "encipher_only", "decipher_only"),
            ],
            False,
        )
        built = built.add_extension(
            x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True
        )
    return built.sign(signed_by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


class Place:
    """A central behind HTTPS, and a kiosk that believes its authority."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "join.toml").write_text(join_file_text())
        self.identity = join(folder / "join.toml", folder / "state")
        self.ca_file = folder / "authority.pem"
        self.ca_file.write_bytes(
            certificate(valid=(NOW - 10 * YEAR, NOW + 20 * YEAR), is_authority=True)
        )

    def central(self, shown: bytes) -> FakeCentral:
        pem = self._folder / "server.pem"
        key = SERVER_KEY.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        pem.write_bytes(shown + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return FakeCentral(self.identity, CENTRAL_PRIVATE_KEY, tls=context)

    def client(self, url: str, *, trusted: bool, floor: datetime = NOW) -> Client:
        def clock() -> Instant:
            wall = NOW if trusted else datetime(1970, 1, 2, tzinfo=UTC)
            return Instant(wall=wall, boot_id="boot", monotonic_s=9, trusted=trusted)

        identity = msgspec.structs.replace(self.identity, central_url=url)
        believed = Certificates(ca_file=str(self.ca_file), floor=floor)
        return Client(identity, clock, 5, believed)

    def connects(self, shown: bytes, *, trusted: bool, floor: datetime = NOW) -> bool:
        """Whether a beat gets through; no is always Unreachable."""
        with self.central(shown) as central:
            client = self.client(central.url, trusted=trusted, floor=floor)
            with contextlib.closing(client):
                try:
                    client.enrol()
                except Unreachable:
                    return False
                client.beat(Beat(sent=Instant(wall=NOW, boot_id="boot", monotonic_s=9)))
                return len(central.beats) == 1


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


LATER = (NOW + YEAR, NOW + 2 * YEAR)
"""To a certificate of next year, our clock is what 1970 is to one of today."""
ENDED = (NOW - 3 * YEAR, NOW - YEAR)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_good_certificate_is_taken_whatever_the_clock(place: Place, trusted: bool) -> None:
    assert place.connects(certificate(), trusted=trusted)


def test_a_kiosk_in_the_past_connects_and_one_with_a_trusted_clock_does_not(place: Place) -> None:
    assert place.connects(certificate(valid=LATER), trusted=False)
    assert not place.connects(certificate(valid=LATER), trusted=True)


def test_without_a_trusted_clock_a_certificate_that_ended_before_the_floor_is_refused(
    place: Place,
) -> None:
    assert not place.connects(certificate(valid=ENDED), trusted=False)
    assert not place.connects(certificate(valid=ENDED), trusted=True)
    assert place.connects(certificate(valid=ENDED), trusted=False, floor=NOW - 2 * YEAR)


@pytest.mark.parametrize("trusted", [True, False])
def test_another_hosts_certificate_is_refused_whatever_the_clock(
    place: Place, trusted: bool
) -> None:
    assert not place.connects(certificate("elsewhere.example"), trusted=trusted)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_strangers_authority_is_refused_whatever_the_clock(place: Place, trusted: bool) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert not place.connects(certificate(signed_by=stranger), trusted=trusted)


def test_the_clock_is_looked_at_before_each_connection(place: Place) -> None:
    with place.central(certificate(valid=LATER)) as central:
        seen = [False, True]

        def clock() -> Instant:
            return Instant(wall=NOW, boot_id="boot", monotonic_s=9, trusted=seen[0])

        identity: Identity = msgspec.structs.replace(place.identity, central_url=central.url)
        client = Client(identity, clock, 5, Certificates(ca_file=str(place.ca_file), floor=NOW))
        client.enrol()
        client.close()
        seen.reverse()
        with pytest.raises(Unreachable):
            client.enrol()


def test_a_process_that_really_lives_in_1970_enrols_over_https(place: Place) -> None:
    with place.central(certificate()) as central:
        script = (
            "import msgspec; from datetime import UTC, datetime; from pathlib import Path\n"
            "from sync.case import Instant; from sync.client import Client\n"
            "from sync.identity import load_identity; from sync.tls import Certificates\n"
            "now = lambda: Instant(wall=datetime.now(UTC), boot_id='b', monotonic_s=5)\n"
            f"who = load_identity(Path({str(place._folder / 'state')!r}))\n"
            f"who = msgspec.structs.replace(who, central_url={central.url!r})\n"
            f"floor = datetime.fromisoformat({NOW.isoformat()!r})\n"
            f"believed = Certificates(ca_file={str(place.ca_file)!r}, floor=floor)\n"
            "print(now().wall.year, Client(who, now, 20, believed).enrol().device_code)\n"
        )
        done = subprocess.run(
            [
                # Only the wall clock: a monotonic one before the machine's boot runs backwards.
                *("faketime", "--exclude-monotonic", "1970-01-02 00:00:00"),
                *(sys.executable, "-c", script),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == "1970 A1\n", done.stderr
