"""TLS as it should be, and as old portals do it: certificates unverified, versions and ciphers of old, renegotiation without RFC 5746.

The second is used only for a host that failed a normal handshake (`PORTALS.md` §8.6), and the run says so. What is fetched
is public, and its bytes are kept with the note; no secret is ever sent.
"""

from __future__ import annotations

from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from twisted.internet.ssl import TLSVersion

_OP_LEGACY_SERVER_CONNECT = 0x4
_OLD_CIPHERS = b"DEFAULT@SECLEVEL=0"


class RelaxedContextFactory(_ScrapyClientContextFactory):
    """Makes connections that take any certificate, TLS from 1.0 on, old ciphers, short keys and unsafe renegotiation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "verify_certificates": False})

    def _get_cert_options_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super()._get_cert_options_kwargs()
        return {**kwargs, "insecurelyLowerMinimumTo": TLSVersion.TLSv1_0}

    def _get_cert_options(self) -> Any:
        options = super()._get_cert_options()
        context: SSL.Context = options.getContext()
        context.set_options(_OP_LEGACY_SERVER_CONNECT)
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_cipher_list(_OLD_CIPHERS)
        return options
