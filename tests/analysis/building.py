"""Records for the tests of this room, with places that do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from azcnilint.models import AddressMatch, Chain, Match, NatRule, NatTable, Option
from azcnilint.text import Span

PLACE = Span("test", 0, 0)


def addresses(text: str) -> AddressMatch:
    """Read `10.0.0.0/8` or `!10.0.0.0/8`; a name that is no prefix has no network."""
    bare = text.removeprefix("!")
    try:
        network = ip_network(bare)
    except ValueError:
        return AddressMatch(text=bare, network=None, negated=text.startswith("!"))
    return AddressMatch(text=bare, network=network, negated=text.startswith("!"))


def option(text: str) -> Option:
    """Read `dst-type LOCAL` or `! mark 0x4000/0x4000`."""
    name, *values = text.removeprefix("! ").split()
    return Option(name=name, values=tuple(values), negated=text.startswith("! "))


def match(text: str) -> Match:
    """Read `addrtype ! dst-type LOCAL`: a module and one option."""
    module, _, rest = text.partition(" ")
    return Match(module=module, options=(option(rest),) if rest else (), text=text)


def rule(  # noqa: PLR0913 - the parts of a rule
    target: str | None,
    *matches: str,
    num: int = 1,
    destination: str = "0.0.0.0/0",
    source: str = "0.0.0.0/0",
    protocol: str = "all",
    out_interface: str | None = None,
    goto: bool = False,
    options: str = "",
    hidden: Iterable[str] = (),
) -> NatRule:
    """Give a rule as `-A` would write it; `out_interface` may begin with `!`."""
    return NatRule(
        span=PLACE,
        hidden=frozenset(hidden),
        num=num,
        target=target,
        goto=goto,
        protocol=protocol,
        out_interface=out_interface.removeprefix("!") if out_interface else None,
        out_interface_negated=bool(out_interface and out_interface.startswith("!")),
        source=addresses(source),
        destination=addresses(destination),
        matches=tuple(match(text) for text in matches),
        target_options=(option(options),) if options else (),
    )


def chain(name: str, *rules: NatRule, policy: str | None = None, hidden: Iterable[str] = ()) -> Chain:
    """Give a chain with its rules numbered as they stand; POSTROUTING has policy ACCEPT."""
    numbered = tuple(_numbered(one, number) for number, one in enumerate(rules, 1))
    policy = policy or ("ACCEPT" if name == "POSTROUTING" else None)
    return Chain(span=PLACE, name=name, policy=policy, rules=numbered, hidden=frozenset(hidden))


def table(*chains: Chain, hidden: Iterable[str] = (), family: str = "inet", name: str | None = "nat") -> NatTable:
    """Give a table of those chains."""
    tables = (name,) if name is not None else ()
    return NatTable(span=PLACE, chains=chains, hidden=frozenset(hidden), family=family, table=name, tables=tables)


def _numbered(one: NatRule, number: int) -> NatRule:
    fields = {name: getattr(one, name) for name in NatRule.__dataclass_fields__}
    return NatRule(**{**fields, "num": number})
