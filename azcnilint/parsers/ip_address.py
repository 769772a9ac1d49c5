r"""`ip address` and `ip link` as text (long, `-o -d -s -4 -6 -br`, BusyBox) and as JSON, into `LinkTable`.

    >>> from azcnilint.capture import Capture
    >>> from azcnilint.text import SourceText
    >>> source = SourceText("ip-a.txt", '''\
    ... 4: azvbdb1c4944b1@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    ...     link/ether ea:18:de:a3:29:10 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    ...     inet6 fe80::e818:deff:fea3:2910/64 scope link
    ...        valid_lft forever preferred_lft forever
    ... ''')
    >>> link = parse(Capture(source, source.span, "ip-address")).unwrap().links[0]
    >>> link.ifname, link.link_index, link.address, link.link_netnsid, str(link.inet6[0].local)
    ('azvbdb1c4944b1', 3, 'ea:18:de:a3:29:10', 0, 'fe80::e818:deff:fea3:2910')

What a line looks like is said in `ip_address_grammar`, which link it belongs to in `ip_address_lines`, what the words
of `-d` mean in `ip_address_details`, what a variant of the command leaves out in `ip_address_shown`, and how the JSON
form is read in `ip_address_json`.
"""

from __future__ import annotations

from bisect import bisect_left

from azcnilint.capture import Capture
from azcnilint.models import LinkTable
from azcnilint.parsers.base import Parser, ParseResult
from azcnilint.parsers.ip_address_grammar import GRAMMAR, continues
from azcnilint.parsers.ip_address_json import read_json
from azcnilint.parsers.ip_address_lines import LinkLines
from azcnilint.parsers.ip_address_shown import link_table
from azcnilint.parsers.json_text import looks_like_json
from azcnilint.parsers.lines import Reading


def parse(capture: Capture) -> ParseResult[LinkTable]:
    """Read `ip address` or `ip link` output. Total: never raises."""
    if looks_like_json(capture.text):
        return read_json(capture)
    reading = Reading(capture, GRAMMAR, continues=continues)
    rows = list(reading.rows())
    links = LinkLines(reading)
    breaks = sorted([*reading.lost_offsets, *(gap.start for gap in capture.gaps)])
    behind = capture.body.start
    for row, span in rows:
        links.skip(breaks[bisect_left(breaks, behind) : bisect_left(breaks, span.start)], span)
        links.take(row, span)
        behind = span.end
    links.skip(breaks[bisect_left(breaks, behind) :], None)
    links.close()
    return reading.result(link_table(links.drafts, capture.argv, reading.incomplete_because, capture.body))


PARSER = Parser("ip-address", "ip address", parse)
