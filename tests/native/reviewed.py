"""Differences between a text of `ip address` and its JSON that are the text's own, for every test that compares both.

A difference has a sign: `-KEY` stands only in the JSON of `ip`, `+KEY` only in ours, `~KEY` in both with two values.
"""

from __future__ import annotations

from collections.abc import Mapping

Reviewed = Mapping[str, str]

SINGLE_S: Reviewed = {
    "+stats64.rx.missed_errors": "the text of -s has a column `missed`, which -j prints with -s -s only",
    "-stats64.rx.over_errors": "the text of -s has no column for it since iproute2 5.10",
}
TICKS: Reviewed = {
    "~linkinfo.info_data.gc_timer": "ticks between text and JSON",
    "~linkinfo.info_slave_data.forward_delay_timer": "ticks between text and JSON",
}
BUSYBOX: Reviewed = {
    "-operstate": "BusyBox does not print it",
    "-group": "BusyBox does not print it",
}
HEADER_OF_ONELINE: Reviewed = {
    f"-{key}": "`ip -o address` prints no header"
    for key in (
        *(
            "flags",
            "mtu",
            "qdisc",
            "operstate",
            "group",
            "txqlen",
            "link_type",
            "address",
            "broadcast",
            "link",
            "master",
        ),
    )
}
NETNS_BY_NAME: Reviewed = {"-link_netnsid": "the text prints the namespace's name, which -j never does"}
