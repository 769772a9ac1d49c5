"""Law 1 at the envelope: every line that is not blank is in a body, is noise, or is reported; none is so twice."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from azcnilint.capture import Command, Envelope, parse_command, split_captures
from azcnilint.capture.noise import KINDS
from azcnilint.text import SourceText, Span, decode

LINES = (
    "root@aks-0:/# ip r",
    "root@aks-0:/# ",
    "$ ip a; ip n",
    "# ip n",
    "+ iptables -t nat -S",
    "$ cat /etc/hosts",
    "$ kubectl exec -it pod-a -- sh",
    "exit",
    "===== ip r =====",
    "## Node 1",
    "```",
    "43. routes",
    "default via 10.240.0.1 dev eth0 proto dhcp src 10.240.0.4 metric 100 ",
    "10.240.0.0/16 dev eth0 proto kernel scope link src 10.240.0.4 ",
    "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE ",
    "2: eth0: <BROADCAST,UP> mtu 1500 qdisc mq state UP group default qlen 1000",
    "    inet 10.240.0.4/16 brd 10.240.255.255 scope global eth0",
    "Chain IP-MASQ-AGENT (1 references)",
    "RETURN     all  --  anywhere             10.0.0.0/8           /* ip-masq-agent: local",
    "traffic */",
    "*nat",
    "-A POSTROUTING -j IP-MASQ-AGENT",
    "COMMIT",
    "total 12",
    "-rwxr-xr-x 1 root root 184 Dec 15 16:17 azure-vnet",
    "NAME   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE",
    "kube-proxy   3   3   3   3   3   <none>   5d",
    "apiVersion: v1",
    "  kind: List",
    '[{"ifindex":1,"ifname":"lo"}]',
    '[{"dst":"default",',
    '"dev":"eth0"}]',
    "Kernel IP routing table",
    "[snip]",
    "...",
    "[stdout]",
    "[stderr]",
    "Enable succeeded: ",
    "bash: ip: command not found",
    "# Warning: iptables-legacy tables present, use iptables-legacy to see them",
    "ls: cannot access '/opt/cni/bin': No such file or directory",
    "No resources found in kube-system namespace.",
    "各Podへの静的L3ルートを",
    "this is what we see on the node",
    "azure-vnet",
    "qlen 1000",
    "   ",
    "",
)
HINTS = st.sampled_from([None, "ip r", "ip a", "iptables-save", "ls /opt/cni/bin", "kubectl get ds -A", "brctl show"])
TEXTS = st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=14).map("\n".join)


def _lines_of(source: SourceText, span: Span) -> list[int]:
    if span.start >= span.end:
        return []
    return list(range(source.line_number(span.start), source.line_number(span.end - 1) + 1))


def claims(envelope: Envelope) -> Counter[int]:
    """Count how often each line is claimed."""
    source = envelope.source
    assert source is not None
    spans = [capture.body for capture in envelope.captures] + [noise.span for noise in envelope.noise]
    spans += [d.labels[0].span for d in envelope.diagnostics if d.code == "unrecognised-lines"]
    return Counter(number for span in spans for number in _lines_of(source, span) if source.line(number).text.strip())


def _check(text: str, hint: Command | None) -> None:
    envelope = split_captures(decode("x", text.encode("utf-8", "surrogatepass")), hint=hint)
    source = envelope.source
    assert source is not None

    claimed = claims(envelope)

    expected = Counter(line.number for line in source.lines() if line.text.strip())
    assert expected == claimed
    inner = [noise for capture in envelope.captures for noise in capture.noise]
    assert {noise.kind for noise in (*envelope.noise, *inner)} <= KINDS.keys()
    for capture in envelope.captures:
        assert all(capture.body.contains(noise.span) for noise in capture.noise)
        assert all(capture.body.contains(gap) for gap in capture.gaps)


@settings(max_examples=400, deadline=None)
@given(TEXTS, HINTS)
def test_every_line_of_a_paste_is_claimed_exactly_once(text: str, hint: str | None) -> None:
    """Law 1: a line that nobody claims would vanish; one claimed twice would be counted as data and as noise."""
    _check(text, parse_command(hint) if hint else None)


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_every_line_of_any_text_is_claimed_exactly_once(text: str) -> None:
    """Law 1 on text that no tool printed."""
    _check(text, None)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["value", "logs", "instance", "cut"]))
def test_every_line_of_an_unescaped_message_is_claimed_exactly_once(text: str, shape: str) -> None:
    """Law 1 where the text is a string inside az's JSON."""
    import json  # noqa: PLC0415 - used by this one test

    message = f"Enable succeeded: \n[stdout]\n{text}\n[stderr]\n"
    document = {
        "value": json.dumps({"value": [{"code": "ProvisioningState/succeeded", "message": message}]}, indent=1),
        "logs": json.dumps({"exitCode": 0, "logs": text}),
        "instance": json.dumps({"instanceView": {"output": text, "error": "x\n"}}),
        "cut": json.dumps({"value": [{"code": "ProvisioningState/succeeded", "message": message}]})[:-9],
    }[shape]

    _check(document, None)


def test_a_mark_below_lines_without_a_signature_is_inside_the_body_that_takes_them() -> None:
    """Law 1: the mark was booked outside of a capture whose body holds it, and so accounted for twice."""
    text = (
        "NAMESPACE }   NAME             !EADY   UP-TO-DATE   AVAILABLE   AGE\n"
        "kube-system   coredns   9      2/2     2            2           41d\n"
        "[snip]\n"
        "kube-system   metrics-server   1/1     1            1           41d\n"
    )

    envelope = split_captures(decode("paste", text.encode()))

    assert envelope.noise == ()
    assert [[noise.kind for noise in capture.noise] for capture in envelope.captures] == [["snip"]]
    _check(text, None)
