"""iptables tables in the terms of iptables(8) and the option spelling of iptables-save(8).

A rule listed by `-L` and the same rule saved by `iptables-save` give equal records, but for what `-L` cannot show
(`hidden` names it).
"""

from __future__ import annotations

from dataclasses import field, replace
from ipaddress import IPv4Network, IPv6Network

from pydantic.dataclasses import dataclass

from azcnilint.models.base import NOTHING, RECORD, Names, Record, Table

_CHAINS = frozenset({"chains"})


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Option:
    """One long option of a match or target, as iptables-save spells it.

    Attributes:
        name: Without dashes: `dst-type`, `dport`, `to-destination`.
        values: Its words, in order; empty for a bare flag (`random-fully`).
        negated: A `!` stands before it.
    """

    name: str
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Match:
    """One `-m module` clause.

    Attributes:
        module: Name after `-m`; None when a listing shows a text that we do not know, kept in `text`.
        options: What the clause demands, in printed order; empty when `module` is None.
        text: The clause as the capture prints it, for evidence; does not take part in comparison when understood.
    """

    module: str | None
    options: tuple[Option, ...] = ()
    text: str = field(default="", compare=False)

    def option(self, name: str) -> Option | None:
        """Give the option of that name; None when the clause does not have it."""
        return next((option for option in self.options if option.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class AddressMatch:
    """A source or destination condition.

    Attributes:
        text: As printed, without the `!`: `10.0.0.0/8`, `anywhere`, a host name, `5.6.0.0/255.255.0.255`.
        network: None for a host name, or for a mask that is no prefix.
        negated: A `!` stands before it.
        mask: The mask that is no prefix (`255.255.0.255`); None with a network or a host name.
        host: What stands there instead of a network: a host name, or the address before such a mask; else None.
    """

    text: str = field(compare=False)
    network: IPv4Network | IPv6Network | None
    negated: bool = False
    mask: str | None = None
    host: str | None = None

    @property
    def any(self) -> bool:
        """Whether every address meets the condition."""
        return self.network is not None and self.network.prefixlen == 0 and not self.negated


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NatRule(Record):
    """One rule of a chain.

    `hidden` holds `in_interface` and `out_interface` for `-L` without `-v`, `packets` and `bytes` where no counters are
    printed, and `matches` when a listing may leave out conditions (iptables-nft 1.8.7 reading rules of a newer version)
    or can be read in two ways (a comment that holds `*/`), so that the rule cannot be taken as unconditional.

    Attributes:
        num: 1-based place in its chain.
        packets: Counter; None when not printed. A rounded figure (`860K`) is the middle of what was rounded, in units.
        bytes: As `packets`.
        target: What `-j` or `-g` names; None for a rule without a target.
        goto: The target was given with `-g`.
        protocol: Lower-case name (`tcp`), `all` for any, a number as text when nameless; `protocol_negated` for `!`.
        fragment: `-f` (True), `! -f` (False), None for neither.
        in_interface: Name with a final `+` as wildcard; None when any. Negation is `in_interface_negated`.
        matches: The `-m` clauses except the first `comment`.
        target_options: Options of the target (`to-destination`, `set-xmark` …).
        comment: Text of the first comment match without outer quotes; None without one. Let no finding hang on it.
        comment_at: How many clauses stand before that comment; 0 without one.
    """

    num: int
    packets: int | None = field(default=None, compare=False)
    bytes: int | None = field(default=None, compare=False)
    target: str | None = None
    goto: bool = False
    protocol: str = "all"
    protocol_negated: bool = False
    fragment: bool | None = None
    in_interface: str | None = None
    in_interface_negated: bool = False
    out_interface: str | None = None
    out_interface_negated: bool = False
    source: AddressMatch
    destination: AddressMatch
    matches: tuple[Match, ...] = ()
    target_options: tuple[Option, ...] = ()
    comment: str | None = None
    comment_at: int = field(default=0, compare=False)

    def match(self, module: str) -> Match | None:
        """Give the first clause of that module; None when the rule has none."""
        return next((match for match in self.matches if match.module == module), None)


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class Chain(Record):
    """One chain; `hidden` holds `rules` when rules of it may be missing (cut or snipped inside it, a line lost).

    `hidden` holds also `policy`, `packets`, `bytes` and `references` where the command does not print them.

    Attributes:
        table: `nat`, `filter` …: the table that holds the chain; empty when neither command nor content tells.
        policy: Of a built-in chain (`ACCEPT`, `DROP`); None for a user chain, or when the capture does not show it.
        packets: Policy counter; None when not printed.
        bytes: Policy counter; None when not printed.
        references: How many rules jump here; None for a built-in chain or when not printed (`-S`, iptables-save).
        rules: In order of evaluation.
    """

    name: str
    table: str = "nat"
    policy: str | None = None
    packets: int | None = field(default=None, compare=False)
    bytes: int | None = field(default=None, compare=False)
    references: int | None = field(default=None, compare=False)
    rules: tuple[NatRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=RECORD)
class NatTable(Table):
    """The chains of one iptables table, or of several (`iptables-save` of all tables).

    `hidden` holds `chains` when chains may be missing (`-L CHAIN`, a cut), with several tables when they may in any.

    Attributes:
        table: `nat`, `filter`, `mangle`, `raw` or `security`; None when there are several, or when neither command nor
            content tells. `of` gives one of several.
        chains: In printed order; each carries its `table`.
        tables: Names of the tables that the capture shows, in printed order.
        incomplete_tables: Those of `tables` that may lack chains.
        family: `inet` (iptables) or `inet6` (ip6tables).
        backend: `nf_tables`, `legacy` or None when the capture does not say.
        tool_version: `1.8.9` when the capture says; None otherwise.
    """

    table: str | None = "nat"
    chains: tuple[Chain, ...]
    tables: tuple[str, ...] = field(default=(), compare=False)
    incomplete_tables: Names = field(default=NOTHING, compare=False)
    family: str = "inet"
    backend: str | None = field(default=None, compare=False)
    tool_version: str | None = field(default=None, compare=False)

    def chain(self, name: str) -> Chain | None:
        """Give the first chain of that name; None when the capture shows none. With several tables, use `of` first."""
        return next((chain for chain in self.chains if chain.name == name), None)

    def of(self, table: str) -> NatTable:
        """Give one table alone; one that the capture does not show is empty and lacks all its chains."""
        if table == self.table:
            return self
        if table not in self.tables:
            because = f"the capture does not show the {table} table"
            return replace(self, table=table, chains=(), tables=(table,), hidden=_CHAINS, incomplete_because=because)
        whole = table not in self.incomplete_tables
        return replace(
            self,
            table=table,
            chains=tuple(chain for chain in self.chains if chain.table == table),
            tables=(table,),
            incomplete_tables=NOTHING if whole else frozenset({table}),
            hidden=NOTHING if whole else _CHAINS,
            incomplete_because=None if whole else self.incomplete_because,
        )
