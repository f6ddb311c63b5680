"""How a device signs a request: RFC 9421 over method, authority, path and the body's digest.

Central verifies with a library (`signed_request`). Here are the few lines of it that a device
needs, for the library and what it brings would stay in the agent's memory for good, 9 MB on a
box of 250. A test holds both to the same bytes.
"""

import hashlib
from base64 import b64encode
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
import nacl.signing

COVERED = ("@method", "@authority", "@path")
"""What a request's signature covers, besides `content-digest`, which it always does."""

_LABEL = "rapfang"
_USUAL_PORTS = {"http": 80, "https": 443}


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of an HTTP request that a signature covers; `url` is absolute."""

    method: str
    url: str
    body: bytes


def sign_request(
    request: Request, *, device_code: str, private_key: bytes, created_at: datetime, nonce: str
) -> dict[str, str]:
    """The headers to add: Content-Digest, Signature-Input, Signature.

    `private_key` is a 32-byte Ed25519 seed; `created_at` is central's time as this
    device knows it; `nonce` is fresh for every sending.
    """
    digest = f"sha-256={_bytes(hashlib.sha256(request.body).digest())}"
    values = (request.method, _authority(request.url), urlsplit(request.url).path or "/", digest)
    names = [f'"{name}"' for name in (*COVERED, "content-digest")]
    parameters = (
        f"({' '.join(names)});created={int(created_at.timestamp())}"
        f';keyid="{device_code}";alg="ed25519";nonce="{nonce}"'
    )
    lines = [f"{name}: {value}" for name, value in zip(names, values, strict=True)]
    base = "\n".join([*lines, f'"@signature-params": {parameters}'])
    signature = nacl.signing.SigningKey(private_key).sign(base.encode("ascii")).signature
    return {
        "Content-Digest": digest,
        "Signature-Input": f"{_LABEL}={parameters}",
        "Signature": f"{_LABEL}={_bytes(signature)}",
    }


def _authority(url: str) -> str:
    """Host and port as RFC 9421 section 2.2.3 has them: in small letters, no usual port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(f":{_USUAL_PORTS.get(parts.scheme)}")


def _bytes(value: bytes) -> str:
    """As RFC 9651 writes them."""
    return f":{b64encode(value).decode()}:"
