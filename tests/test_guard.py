"""Where a crawl may go: public addresses, and the portal's own registrable domain."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guard import in_scope, is_refused, literal_address, registrable

INSIDE = [
    "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "fd00:ec2::254",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inner_addresses_are_refused(address: str) -> None:
    assert is_refused(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "202.108.33.60", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_pass(address: str) -> None:
    assert not is_refused(address)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    assert is_refused(f"::ffff:{address}") == is_refused(str(address))
    assert is_refused(str(ipaddress.IPv6Address(int(ipaddress.ip_address("64:ff9b::")) + int(address)))) == is_refused(
        str(address)
    )


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
    ],
)
def test_addresses_are_known_in_any_writing(host: str, address: str) -> None:
    assert literal_address(host) == address


@pytest.mark.parametrize("host", ["www.gov.cn", "a1.gov.cn", "信息公开.cn", ""])
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.huaian.gov.cn", "huaian.gov.cn"),
        ("fgw.huaian.gov.cn", "huaian.gov.cn"),
        ("WWW.Huaian.gov.cn.", "huaian.gov.cn"),
        ("www.gov.cn", "www.gov.cn"),
        ("1.2.3.4", "1.2.3.4"),
        ("localhost", "localhost"),
    ],
)
def test_registrable(host: str, domain: str) -> None:
    assert registrable(host) == domain


def test_scope_is_the_registrable_domain() -> None:
    home = "https://www.huaian.gov.cn/"
    assert in_scope("http://scjgj.huaian.gov.cn:8080/a.pdf", home)
    assert not in_scope("https://www.gov.cn/", home)
    assert not in_scope("https://huaian.gov.cn.evil.com/", home)
    assert not in_scope("https://www.huaian.gov.cn@evil.com/", home)
    assert not in_scope("ftp://www.huaian.gov.cn/", home)


def test_sample_portals_are_portals_of_their_own() -> None:
    """Without the extra suffix all of *.gov.test would be one site."""
    assert not in_scope("http://trs.gov.test/", "http://ucap.gov.test/", ["gov.test"])
    assert in_scope("http://town1.gkmlpt.gov.test/", "http://gkmlpt.gov.test/", ["gov.test"])
