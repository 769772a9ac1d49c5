"""What random states showed for the first time: the smallest text of each, without a kernel."""

from __future__ import annotations

import shlex

import pytest

from azcnilint.capture import Capture
from azcnilint.native import ip_address as native_address
from azcnilint.parsers import ip_address, ip_neighbour, iptables
from azcnilint.text import decode


def capture(text: str, words: str) -> Capture:
    """Give the output of a command."""
    source = decode("found.txt", text.encode())
    return Capture(source, source.span, None, tuple(shlex.split(words)))


def header(name: str) -> str:
    """Give the lines of one link."""
    rest = "<BROADCAST,MULTICAST,M-DOWN> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000"
    return f"{name}: {rest}\n    link/ether 2e:90:66:fe:ba:83 brd ff:ff:ff:ff:ff:ff\n"


@pytest.mark.parametrize("dev", ["proto", "dev", "lladdr", "proxy", "STALE", "router", "-"])
def test_a_brief_neighbour_may_stand_on_a_device_called_as_a_keyword(dev: str) -> None:
    """`proto   33:33:…` was read as the protocol of an entry without device (state 109)."""
    result = ip_neighbour.parse(capture(f"{'ff02::2':<39} {dev:<16} 33:33:00:00:00:02\n", "ip -br n show nud all"))

    (entry,) = result.unwrap().neighbours
    assert (entry.dev, entry.lladdr, entry.protocol, entry.state) == (dev, "33:33:00:00:00:02", None, ())


def test_names_with_at_are_parted_where_a_link_stands_behind() -> None:
    """`permanent@@if3`, peer of `@if3`, was read as `permanent@` with a peer of index 3 (state 103)."""
    text = "".join(header(name) for name in ("5: @if3@permanent", "6: permanent@@if3", "7: eth89@@if9"))

    links = ip_address.parse(capture(text, "ip link")).unwrap().links

    assert [(link.ifname, link.link, link.link_index) for link in links] == [
        ("@if3", "permanent", None),
        ("permanent", "@if3", None),
        ("eth89@", None, 9),
    ]


def test_none_is_a_link_where_a_link_is_called_so() -> None:
    """`azv@NONE` above a device called NONE was read as a device without a link (state 12)."""
    text = header("4: azv1@NONE") + header("5: NONE") + header("6: t1@none")

    links = ip_address.parse(capture(text, "ip link")).unwrap().links

    assert [(link.ifname, link.link, link.link_none) for link in links[:2]] == [
        ("azv1", "NONE", False),
        ("NONE", None, False),
    ]


def test_keys_stand_in_the_order_of_ip_itself() -> None:
    """Altnames come behind the counters of `ip link`, `flags` last in `-br`, counters in the order of JSON."""
    rx = "    RX:  bytes packets errors dropped  missed   mcast\n         0 0 0 0 0 0\n"
    tx = "    TX:  bytes packets errors dropped carrier collsns\n         0 0 0 0 0 0\n"
    text = header("4: v0") + rx + tx + "    altname enP1s0\n"

    (whole,) = native_address.ip_json(ip_address.parse(capture(text, "ip -s link")).unwrap())
    brief = "v0               DOWN           2e:90:66:fe:ba:83 <BROADCAST> \n"
    (short,) = native_address.ip_json(ip_address.parse(capture(brief, "ip -br link")).unwrap())

    assert [*whole][-2:] == ["stats64", "altnames"]
    assert [*short] == ["ifname", "operstate", "address", "flags"]


def test_a_macvlan_in_source_mode_may_have_no_source() -> None:
    """JSON has a count of 0 and no list (state 1012)."""
    kind = "    macvlan mode source remotes (0) bcqueuelen 1000 usedbcqueuelen 1000 numtxqueues 1\n"
    text = header("8: proxy@eth0").rstrip("\n") + " promiscuity 0  minmtu 68 maxmtu 65535 \n" + kind

    (link,) = ip_address.parse(capture(text, "ip -d link")).unwrap().links

    assert link.details["linkinfo"] == {
        "info_kind": "macvlan",
        "info_data": {"mode": "source", "macaddr_count": 0, "bcqueuelen": 1000, "usedbcqueuelen": 1000},
    }


def test_a_wildcard_alone_is_any_interface() -> None:
    """`-i +` is listed as `+` and saved as nothing; `! -i +`, which nothing meets, stays (state 1 of nat)."""
    head = " pkts bytes target     prot opt in     out     source               destination"
    row = "    0     0 ACCEPT     0    --  +      !+      0.0.0.0/0            0.0.0.0/0"
    text = f"Chain OUTPUT (policy ACCEPT 0 packets, 0 bytes)\n{head}\n{row}\n"

    (chain,) = iptables.parse(capture(text, "iptables -t nat -L OUTPUT -n -v")).unwrap().chains

    rule = chain.rules[0]
    assert (rule.in_interface, rule.in_interface_negated) == (None, False)
    assert (rule.out_interface, rule.out_interface_negated) == ("+", True)
