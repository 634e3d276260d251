"""Signatures in the format of ``ssh-keygen -Y sign``, with an Ed25519 key; imports cryptography when asked.

The format is OpenSSH's PROTOCOL.sshsig, so that whoever has OpenSSH needs nothing of ours to check one.
The mathematics are the library's; here are the bytes around them.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from typing import TYPE_CHECKING

from scorelib.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["NAMESPACE", "fingerprint", "public_blob", "sign", "signer"]

MAGIC = b"SSHSIG"
NAMESPACE = "scorelib"
"""What a signature is for: one made for a file or a commit elsewhere counts for no release."""
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
HASH = "sha512"
KIND = b"ssh-ed25519"
MISSING = "signing needs the package cryptography: pip install 'scorelib[release]'"


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _strings(content: bytes) -> list[bytes]:
    found = []
    while content:
        (size,) = struct.unpack_from(">I", content)
        if len(content) < 4 + size:
            raise ValueError("it is cut off")
        found.append(content[4 : 4 + size])
        content = content[4 + size :]
    return found


def _body(blob: bytes) -> bytes:
    start = MAGIC + struct.pack(">I", 1)
    if not blob.startswith(start):
        raise ValueError("it is no SSH signature")
    return blob[len(start) :]


def _message(content: bytes) -> bytes:
    digest = hashlib.new(HASH, content).digest()
    return MAGIC + b"".join(_string(part) for part in (NAMESPACE.encode(), b"", HASH.encode(), digest))


def sign(content: bytes, key: bytes, passphrase: Callable[[], str]) -> str:
    """The signature of a content.

    Parameters
    ----------
    content
        What is signed.
    key
        A private key as ``ssh-keygen -t ed25519`` writes it.
    passphrase
        Asked if the key is locked.

    Raises
    ------
    UsageError
        If the key cannot be used, or the library is not installed.
    """
    private = _private(key, passphrase)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = _string(KIND) + _string(raw)
    signature = _string(KIND) + _string(private.sign(_message(content)))
    parts = (public, NAMESPACE.encode(), b"", HASH.encode(), signature)
    blob = MAGIC + struct.pack(">I", 1) + b"".join(_string(part) for part in parts)
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join([BEGIN, *lines, END]) + "\n"


def _private(key: bytes, passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    try:
        import bcrypt  # noqa: F401, PLC0415 - locked keys need it
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_ssh_private_key  # noqa: PLC0415
    except ImportError:
        raise UsageError(MISSING) from None
    try:
        try:
            private = load_ssh_private_key(key, None)
        except TypeError:  # it is locked
            private = load_ssh_private_key(key, passphrase().encode())
    except (ValueError, TypeError) as error:
        message = f"the key cannot be used ({error}); make one with: ssh-keygen -t ed25519 -f KEY"
        raise UsageError(message) from None
    if not isinstance(private, Ed25519PrivateKey):
        message = "the key is of another kind than Ed25519; make one with: ssh-keygen -t ed25519 -f KEY"
        raise UsageError(message)
    return private


def signer(content: bytes, signature: str) -> bytes:
    """The public key that signed a content, as a blob.

    Raises
    ------
    ValueError
        If the signature is none, or none of this content.
    UsageError
        If the library is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        raise UsageError(MISSING) from None
    lines = signature.split()
    text = "".join(lines).removeprefix("".join(BEGIN.split())).removesuffix("".join(END.split()))
    try:
        public, namespace, _, algorithm, proof = _strings(_body(base64.b64decode(text, validate=True)))
        (kind, raw), (form, value) = _strings(public), _strings(proof)
    except (ValueError, struct.error) as error:
        message = f"the signature cannot be read: {error}"
        raise ValueError(message) from None
    if (kind, form, algorithm, namespace) != (KIND, KIND, HASH.encode(), NAMESPACE.encode()):
        raise ValueError("the signature is of another kind, or was made for something else")
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(value, _message(content))
    except (InvalidSignature, ValueError):
        raise ValueError("the signature is not of these checksums") from None
    return public


def public_blob(line: str) -> bytes:
    """The blob of a public key file, a line such as ``ssh-ed25519 AAAA… name``.

    Raises
    ------
    ValueError
        If it is no such key.
    """
    words = line.split()
    if len(words) < 2 or words[0].encode() != KIND:
        raise ValueError("it is no public Ed25519 key of OpenSSH")
    return base64.b64decode(words[1], validate=True)


def fingerprint(blob: bytes) -> str:
    """A public key in short, as ``ssh-keygen -l`` shows it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
