"""A device that makes passkeys, written out: what it signs can be bent for attacks."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ORIGIN, HOST = "http://localhost:8000", "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """One credential of an authenticator with a counter."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    origin: str = ORIGIN
    host: str = HOST
    flags: int = PRESENT | VERIFIED

    def make(self, question: str) -> str:
        """Answer the question that makes a passkey."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id
        data = self._data(self.flags | ATTESTED) + attested + cbor2.dumps(cose)
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", question)
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(statement)})

    def use(self, question: str) -> str:
        """Answer the question that uses a passkey; the counter goes up."""
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", question)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
            }
        )

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, question: str) -> bytes:
        challenge = json.loads(question)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = text(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
