"""Old and faulty TLS, by servers on loopback that speak it: taken only after a normal handshake failed, and said so; never for others."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable
from datetime import datetime, UTC
from pathlib import Path

import pytest
from crawling import crawl
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from archive.store import Archive
from crawler.tls import RelaxedContextFactory
from samples.certificates import authority, context, DAY
from samples.portals.simple import rows_of, simple_site
from samples.server import serving, Site
from samples.site import Portal, Request, Response

HOST = "old.gov.test"
ROWS = rows_of("档案局", range(2022, 2024))
OLD = "DEFAULT@SECLEVEL=0"


def portal() -> Portal:
    pages = simple_site(ROWS)

    def answer(request: Request) -> Response | None:
        return pages(request)

    return Portal(id="old", name="档案局", home=f"https://{HOST}/", hosts={HOST: answer}, expected=(), tls={HOST: "good"})


WEAK_GROUP = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAKcRAkY1/8nTglkTs4kUTN8C4a4I2J4vclebPV5UBkASFEM/X3fmNG7U
PGYiJyDNbpPYYhYRn6z5mROUmgU1sUJj6hyNU8sNSO0B+R5KaohvsiPjHOGhgQnX
GQdWKIBCD5abQy6l5xbysf31Ail6WUeljWl7LL2CWGfmSiqLWo2PAgEC
-----END DH PARAMETERS-----
"""
"""Diffie-Hellman over 1024 bits, which a normal client refuses."""


def keyed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, certificate: x509.Certificate, folder: Path) -> ssl.SSLContext:
    """Return a server's context with this key and certificate."""
    made, path = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), folder / "server.pem"
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    made.load_cert_chain(path)
    return made


def self_signed(site: Site, folder: Path) -> ssl.SSLContext:
    alone = authority(HOST)
    return keyed(alone.key, alone.certificate, folder)


def another_name(site: Site, folder: Path) -> ssl.SSLContext:
    return context(site.signer, ["other.gov.test"])


def another_authority(site: Site, folder: Path) -> ssl.SSLContext:
    return context(authority("nobody knows it"), [HOST])


def old_version(site: Site, folder: Path) -> ssl.SSLContext:
    made = context(site.signer, [HOST])
    with warnings.catch_warnings(action="ignore"):  # Python warns of versions so old
        made.minimum_version, made.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    made.set_ciphers(OLD)
    return made


def weak_group(site: Site, folder: Path) -> ssl.SSLContext:
    key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "old")])
    certificate = (
        x509.CertificateBuilder(site.signer.certificate.subject, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(site.signer.key, hashes.SHA256())
    )
    made, group = keyed(key, certificate, folder), folder / "group.pem"
    group.write_text(WEAK_GROUP, encoding="ascii")
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("DHE:@SECLEVEL=0")
    made.load_dh_params(group)
    return made


ALWAYS, SELDOM = (another_name, old_version), (self_signed, another_authority, weak_group)


@pytest.mark.parametrize("fault", [*ALWAYS, *(pytest.param(one, marks=pytest.mark.soak) for one in SELDOM)])
def test_what_a_normal_handshake_refuses_is_taken_after_it_and_said(
    fault: Callable[[Site, Path], ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving([portal()]) as site:
        trust(site, tmp_path, monkeypatch)
        site.contexts[HOST] = fault(site, tmp_path)
        done = crawl(f"https://{HOST}/", tmp_path / "data", proxy=site.url)
    archive = Archive.open(tmp_path / "data")
    findings = [row for row in archive.catalog.rows("SELECT kind, says FROM findings") if row["kind"] == "tls-relaxed"]
    failed = [row["failure"] for row in archive.catalog.rows("SELECT failure FROM captures ORDER BY fetched_at, id")]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 reports, finished" in done.stdout
    assert len(findings) == 1
    assert f"{HOST} fails a normal TLS handshake" in findings[0]["says"]
    assert failed == ["tls", *[None] * (len(failed) - 1)], "one handshake as it should be, then as the host can"


def test_a_host_whose_certificate_is_good_is_never_relaxed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving([portal()]) as site:
        trust(site, tmp_path, monkeypatch)
        done = crawl(f"https://{HOST}/", tmp_path / "data", proxy=site.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "tls-relaxed" not in done.stdout


def trust(site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the crawl trust this server's own authority, as it trusts the system's."""
    file = folder / "authority.pem"
    file.write_bytes(site.signer.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


def test_a_relaxed_context_takes_servers_that_cant_renegotiate_safely() -> None:
    """No library at hand plays a server without RFC 5746; the option that lets a client talk to one is set."""
    made = RelaxedContextFactory()._get_cert_options().getContext()
    assert made.set_options(0) & 0x4
