"""Certificates for the portals' https: an authority made anew for each server, and what real portals get wrong."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, UTC
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the certificate that goes with it."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate in PEM: what a client needs to trust the portals."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def authority(name: str = "samples") -> Signer:
    """Return a new certificate authority, valid for a day before and after now."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Signer(key, _signed(name, key, None, [], timedelta(0)))


def context(signer: Signer, hosts: Iterable[str], *, age: timedelta = timedelta(0)) -> ssl.SSLContext:
    """Return a server's TLS context with a certificate for these hosts; an `age` of more than a day makes it expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed("portal", key, signer, list(hosts), age)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        path = Path(folder, "portal.pem")
        path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        made.load_cert_chain(path)
    return made


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    unlocked = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unlocked)


def _signed(
    name: str, key: ec.EllipticCurvePrivateKey, signer: Signer | None, hosts: list[str], age: timedelta
) -> x509.Certificate:
    now = datetime.now(UTC) - age
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
    return builder.sign(signer.key if signer else key, hashes.SHA256())
