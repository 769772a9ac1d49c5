"""A test-only printer of `iptables -L` rows from records, written apart from the parser after the tool's own output."""

from __future__ import annotations

from azcnilint.models import AddressMatch, Match, NatRule, Option

COUNTERS = (("K", 1000), ("M", 1000**2), ("G", 1000**3), ("T", 1000**4))


def row(rule: NatRule, *, verbose: bool = True, numeric: bool = True) -> str:
    """Print one rule as `-L`, with `-v` and `-n` as asked; the comment stands where the record says."""
    columns = [f"{_count(rule.packets)} {_count(rule.bytes)} "] if verbose else []
    name = ("!" if rule.protocol_negated else " ") + rule.protocol
    opt = "--" if rule.fragment is None else "-f" if rule.fragment else "!f"
    columns.append(f"{rule.target or '':9} {name:<6} {opt} ")
    if verbose:
        wild = "*" if numeric else "any"
        columns.append(_interface(rule.in_interface, wild, negated=rule.in_interface_negated))
        columns.append(_interface(rule.out_interface, wild, negated=rule.out_interface_negated))
    columns += [_address(rule.source, numeric=numeric), _address(rule.destination, numeric=numeric)]
    words = [_match(match) for match in rule.matches]
    if rule.comment is not None:
        words.insert(rule.comment_at, f"/* {rule.comment} */")
    return "".join(columns) + ("[goto] " if rule.goto else "") + " ".join(["", *words, *_target(rule)])


def _count(value: int | None) -> str:
    if value is None or value <= 99999:
        return f"{value or 0:5}"
    unit, size = next(pair for pair in COUNTERS if value // pair[1] <= 9999)
    return f"{value // size:4}{unit}"


def _interface(name: str | None, wild: str, *, negated: bool) -> str:
    return f" {'!' if negated else ' '}{name or wild:<6}"


def _address(match: AddressMatch, *, numeric: bool) -> str:
    text = str(match.network).removesuffix("/32") if match.network is not None else f"{match.host}/{match.mask}"
    if match.any and not numeric:
        text = "anywhere"
    return f" {'!' if match.negated else ' '}{text:<19}"


def _match(match: Match) -> str:
    values = {option.name: option for option in match.options}
    match match.module:
        case "addrtype":
            return f"ADDRTYPE match dst-type {_bang(values['dst-type'])}"
        case "mark":
            return f"mark match {_bang(values['mark'], ' ')}"
        case "conntrack":
            state = values["ctstate"]
            return f"{'! ' if state.negated else ''}ctstate {state.values[0]}"
        case "statistic":
            return f"statistic mode random probability {values['probability'].values[0]}"
        case "tcp" | "udp" | "sctp":
            ports = [(short, values[name]) for short, name in (("spt", "sport"), ("dpt", "dport")) if name in values]
            return " ".join([match.module, *(_port(short, option) for short, option in ports)])
        case "multiport":
            option = match.options[0]
            return f"multiport {option.name} {' !' if option.negated else ''}{option.values[0]}"
        case "set":
            option = values["match-set"]
            return f"{'! ' if option.negated else ''}match-set {' '.join(option.values)}"
        case _:
            raise AssertionError(match.module)


def _bang(option: Option, blank: str = "") -> str:
    return (f"!{blank}" if option.negated else "") + option.values[0]


def _port(short: str, option: Option) -> str:
    many = "s" if ":" in option.values[0] else ""
    return f"{short}{many}:{_bang(option)}"


def _target(rule: NatRule) -> list[str]:
    words = []
    for option in rule.target_options:
        match option.name:
            case "to-destination" | "to-source":
                words.append(f"to:{option.values[0]}")
            case "set-xmark":
                value, mask = (int(part, 16) for part in option.values[0].split("/"))
                words.append(f"MARK {_mark(value, mask)}")
            case _:
                words.append(option.name)
    return words


def _mark(value: int, mask: int) -> str:
    if mask == 0:
        return f"xor {value:#x}"
    return f"or {value:#x}" if value == mask else f"xset {value:#x}/{mask:#x}"
