"""One artifact to captures: each way in which people and tools wrap the output of commands."""

from __future__ import annotations

import pytest

from tests.capture.views import Seen, View, seen

DEFAULT = "default via 10.240.0.1 dev eth0 proto dhcp src 10.240.0.4 metric 100"
SUBNET = "10.240.0.0/16 dev eth0 proto kernel scope link src 10.240.0.4"
ROUTES = (DEFAULT, SUBNET)
POD = "10.240.0.6 dev azva9397a1bc49 proto static"
GATEWAY = "10.240.0.1 dev eth0 lladdr 12:34:56:78:9a:bc REACHABLE"
LO = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000"
LO4 = "    inet 127.0.0.1/8 scope host lo"
HEAD = "target     prot opt source               destination"
DS = "NAME         DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE"
PROXY = "kube-proxy   3         3         3       3            3           <none>          5d"


def paste(*lines: str) -> str:
    """Join lines as a file holds them."""
    return "\n".join(lines) + "\n"


def test_prompts_cut_a_transcript() -> None:
    """The everyday paste: each prompt ends a listing, names the next command and the host."""
    prompt = "root@aks-0:/# "

    found = seen(paste(prompt + "ip r", *ROUTES, prompt + "sudo ip n", GATEWAY, prompt))

    assert found == Seen(
        (
            View("ip-route", ROUTES, "ip r", host="aks-0"),
            View("ip-neighbour", (GATEWAY,), "ip n", host="aks-0"),
        ),
        (("prompt", prompt + "ip r"), ("prompt", prompt + "sudo ip n"), ("prompt", prompt)),
    )


def test_a_command_without_output_is_empty_only_when_a_prompt_follows() -> None:
    """`ip n` may print nothing, which settles absence; at the end of a paste its output may not have been copied."""
    found = seen(paste("$ ip n", "$ ip r"))

    assert found.captures == (
        View("ip-neighbour", (), "ip n", "empty"),
        View("ip-route", (), "ip r", "tail-cut"),
    )


def test_an_error_instead_of_output_is_a_failed_capture() -> None:
    """`command not found` is no record, and it says that there is no evidence."""
    found = seen(paste("$ ip r", "bash: ip: command not found", "$ ip n", GATEWAY))

    error = 'the command said "bash: ip: command not found"'
    assert found == Seen(
        (
            View("ip-route", (), "ip r", "failed", error=error),
            View("ip-neighbour", (GATEWAY,), "ip n"),
        ),
        (("prompt", "$ ip r"), ("error", "bash: ip: command not found"), ("prompt", "$ ip n")),
    )


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("ip a show dev x", 'Device "x" does not exist.'),
        ("ip a", "Cannot open netlink socket: Address family not supported by protocol"),
        ("ip r", "Error: ipv4: FIB table does not exist."),
        ("iptables -t nat -L", "iptables v1.8.7 (nf_tables): table `nat' is incompatible, use 'nft' tool."),
        ("iptables -t nat -L X", "iptables: No chain/target/match by that name."),
        ("iptables -S", "Fatal: can't open lock file /run/xtables.lock: Permission denied"),
        ("kubectl get ds -A", "Unable to connect to the server: dial tcp: lookup x: no such host"),
        (
            "kubectl get ds -A",
            "The connection to the server 127.0.0.1:43153 was refused - did you specify the right host or port?",
        ),
        (
            "kubectl get ds -n x",
            'Error from server (Forbidden): daemonsets.apps is forbidden: User "u" cannot list resource',
        ),
        ("kubectl get foo -A", 'error: the server doesn\'t have a resource type "foo"'),
        ("ls /opt/cni/bin", "ls: cannot open directory '/opt/cni/bin': Permission denied"),
    ],
)
def test_what_a_tool_says_when_it_fails_is_never_a_record(command: str, line: str) -> None:
    """The texts are iproute2's, netfilter's and kubectl's own."""
    found = seen(paste(line), command)

    kind = {"ip a": "ip-address", "ip r": "ip-route", "ipt": "iptables", "kub": "kubectl", "ls ": "ls"}
    expected = next(value for name, value in kind.items() if command.startswith(name))
    view = View(expected, (), command, "failed", error=f'the command said "{line}"')
    assert found == Seen((view,), (("error", line),))


def test_klog_lines_before_an_error_are_warnings() -> None:
    """The client logs why it uses no configuration before it says that it cannot connect."""
    log = "W1123 17:36:35.498084   25680 loader.go:222] Config not found: /root/.kube/config"
    error = "The connection to the server 127.0.0.1:43153 was refused - did you specify the right host or port?"

    found = seen(paste(log, error), "kubectl get ds -A")

    view = View("kubectl", (), "kubectl get ds -A", "failed", error=f'the command said "{error}"')
    assert found == Seen((view,), (("warning", log), ("error", error)))


def test_a_missing_directory_is_an_answer_of_ls() -> None:
    """`ls` that cannot access a directory states that it is not there; the parser says so."""
    line = "ls: cannot access '/opt/cni/bin': No such file or directory"

    found = seen(paste("$ ls /opt/cni/bin", line))

    assert found == Seen((View("ls", (line,), "ls /opt/cni/bin"),), (("prompt", "$ ls /opt/cni/bin"),))


@pytest.mark.parametrize(
    ("hint", "expected"),
    [("kubectl get ds -A", "empty"), ("kubectl get ds -A -l app=x", "filtered"), (None, "excerpt")],
)
def test_no_resources_found_settles_absence_only_for_a_known_scope(hint: str | None, expected: str) -> None:
    """Without the command nobody knows which resources were not found."""
    found = seen("No resources found\n", hint)

    assert found == Seen((View("kubectl", ("No resources found",), hint, expected),))


def test_a_warning_mixed_into_output_stays_visible_in_the_capture() -> None:
    """The legacy-tables warning changes what the listing means; it must reach the parser as noise, at the edge too."""
    warning = "# Warning: iptables-legacy tables present, use iptables-legacy to see them"
    chain = "Chain IP-MASQ-AGENT (0 references)"

    found = seen(paste(warning, chain, HEAD), "iptables -t nat -L")

    assert found == Seen((View("iptables", (warning, chain, HEAD), "iptables -t nat -L", noise=("warning",)),))


@pytest.mark.parametrize(
    "mark",
    [
        "[snip]",
        "...",
        "…",
        "<output omitted>",
        "--- truncated ---",
        "--More--",
        "[...]",
        "... (23 more lines)",
        "(省略)",
    ],
)
def test_a_mark_for_left_out_lines_makes_a_gap(mark: str) -> None:
    """A listing with a gap must never prove that something is absent."""
    found = seen(paste("$ ip r", DEFAULT, mark, SUBNET, "$ "))

    view = View("ip-route", (DEFAULT, mark, SUBNET), "ip r", "snipped", noise=("snip",), gaps=1)
    assert found == Seen((view,), (("prompt", "$ ip r"), ("prompt", "$ ")))


def test_a_pipe_makes_a_listing_filtered() -> None:
    """`| grep azv` hides the default route; that is no missing default route."""
    found = seen(paste("$ ip r | grep azv", POD, "$ "))

    assert found.captures == (View("ip-route", (POD,), "ip r", "filtered"),)


def test_markdown_headings_and_fences_wrap_commands() -> None:
    """Cilium's bugtool writes `# ip r`, a fence, the output, a fence."""
    found = seen(
        paste(
            "# ip r",
            "",
            "```",
            *ROUTES,
            "```",
            "",
            "Next we looked at `eth0`, as you see.",
            "# ip n",
            "```text",
            GATEWAY,
            "```",
        )
    )

    assert found == Seen(
        (View("ip-route", ROUTES, "ip r"), View("ip-neighbour", (GATEWAY,), "ip n")),
        (
            ("prompt", "# ip r"),
            ("fence", "```"),
            ("fence", "```"),
            ("caption", "Next we looked at `eth0`, as you see."),
            ("prompt", "# ip n"),
            ("fence", "```text"),
            ("fence", "```"),
        ),
    )


def test_rulers_around_a_command_are_headings() -> None:
    """Collecting scripts print `===== ip r =====` before each output."""
    found = seen(paste("===== ip r =====", *ROUTES, "--- ip n ---", GATEWAY))

    assert found == Seen(
        (View("ip-route", ROUTES, "ip r"), View("ip-neighbour", (GATEWAY,), "ip n")),
        (("heading", "===== ip r ====="), ("heading", "--- ip n ---")),
    )


def test_the_trace_of_a_script_names_its_commands() -> None:
    """`set -x` prints `+ ip r`."""
    found = seen(paste("+ ip r", *ROUTES, "+ ip n", GATEWAY))

    assert found.captures == (View("ip-route", ROUTES, "ip r"), View("ip-neighbour", (GATEWAY,), "ip n"))


def test_a_command_line_may_go_on_in_the_next_line() -> None:
    """A backslash at the end of the prompt line continues it; the second line is no output."""
    found = seen(paste("$ kubectl get ds \\", "    -n kube-system", DS, PROXY))

    argv = "kubectl get ds -n kube-system"
    assert found == Seen(
        (View("kubectl", (DS, PROXY), argv),), (("prompt", "$ kubectl get ds \\\n    -n kube-system"),)
    )


def test_commands_of_one_line_share_its_output_by_content() -> None:
    """`ip r; ip n` prints both under one prompt; each listing gets its own command."""
    found = seen(paste("$ ip r; ip n", *ROUTES, GATEWAY))

    assert found.captures == (View("ip-route", ROUTES, "ip r"), View("ip-neighbour", (GATEWAY,), "ip n"))


def test_commands_that_cannot_be_told_apart_are_not_named() -> None:
    """Under `ip -4 r; ip -6 r` nobody knows which line is whose: a wrong `-4` would hide fields."""
    found = seen(paste("$ ip -4 r; ip -6 r", *ROUTES))

    assert found.captures == (View("ip-route", ROUTES, None),)


@pytest.mark.parametrize(
    ("line", "netns", "host"),
    [
        ("$ ip netns exec cni-1 ip r", "cni-1", None),
        ("$ nsenter -t 4711 -n ip r", "pid 4711", None),
        ("$ kubectl exec pod-a -- ip r", "pod pod-a", None),
        ("$ kubectl debug node/aks-0 -it --image=x -- chroot /host ip r", None, "aks-0"),
        ("root@aks-0:/# ip r", None, "aks-0"),
    ],
)
def test_a_capture_knows_whose_routes_it_shows(line: str, netns: str | None, host: str | None) -> None:
    """A pod's routing table taken for the node's makes every route rule lie."""
    found = seen(paste(line, *ROUTES))

    assert found.captures == (View("ip-route", ROUTES, "ip r", netns=netns, host=host),)


def test_a_shell_in_a_pod_keeps_its_namespace_until_it_ends() -> None:
    """After `kubectl exec -it POD -- sh` the prompts are the pod's."""
    pod = ("/ # ip r", *ROUTES, "/ # exit")
    found = seen(paste("me@pc:~$ kubectl exec -it pod-a -- sh", *pod, "me@pc:~$ ip n", GATEWAY))

    assert found.captures == (
        View("ip-route", ROUTES, "ip r", netns="pod pod-a"),
        View("ip-neighbour", (GATEWAY,), "ip n", host="pc"),
    )


def test_content_cuts_a_paste_without_prompts() -> None:
    """Four listings one after the other, as people paste them into tickets."""
    rules = ("-P INPUT ACCEPT", "-A INPUT -j KUBE-FIREWALL")
    found = seen(paste(DS, PROXY, "", LO, LO4, *ROUTES, GATEWAY, *rules))

    assert found == Seen(
        (
            View("kubectl", (DS, PROXY)),
            View("ip-address", (LO, LO4)),
            View("ip-route", ROUTES),
            View("ip-neighbour", (GATEWAY,)),
            View("iptables", rules),
        ),
    )


def test_a_listing_that_begins_again_is_another_listing() -> None:
    """Host and pod both begin with `1: lo`; one table with two `lo` would be no table of any machine."""
    chain = "Chain PREROUTING (policy ACCEPT)"
    found = seen(paste(LO, LO4, LO, LO4, chain, HEAD, chain, HEAD, DS, PROXY, DS, PROXY))

    assert found.captures == (
        View("ip-address", (LO, LO4)),
        View("ip-address", (LO, LO4)),
        View("iptables", (chain, HEAD)),
        View("iptables", (chain, HEAD)),
        View("kubectl", (DS, PROXY)),
        View("kubectl", (DS, PROXY)),
    )


def test_content_wins_over_the_name_of_the_file() -> None:
    """A file named ip_r.txt that holds neighbours must not become a failed routing table."""
    found = seen(paste(GATEWAY), "ip r")

    assert found == Seen((View("ip-neighbour", (GATEWAY,)),), (), (("command-contradicted", GATEWAY),))


def test_a_prompt_inside_wins_over_the_name_of_the_file() -> None:
    """The file name is the weaker witness."""
    found = seen(paste("$ ip n", GATEWAY, "$ "), "ip r")

    assert found.captures == (View("ip-neighbour", (GATEWAY,), "ip n"),)


def test_the_name_of_a_file_claims_lines_without_signature() -> None:
    """Plain `ls` prints names and nothing else: only the file's name tells what they are."""
    found = seen(paste("azure-vnet", "azure-vnet-ipam", "bridge"), "ls /opt/cni/bin")

    assert found == Seen((View("ls", ("azure-vnet", "azure-vnet-ipam", "bridge"), "ls /opt/cni/bin"),))


def test_names_that_read_like_prose_stay_names() -> None:
    """A file may be called anything; under plain `ls` no line is a caption."""
    names = ("a file with the space in it", "azure-vnet", "各Podへ", "[x y]")

    found = seen(paste("$ ls /opt/cni/bin", *names, "$ "))

    assert found.captures == (View("ls", names, "ls /opt/cni/bin"),)


def test_an_empty_file_named_after_a_command_is_an_empty_answer() -> None:
    """`ip -6 n > ip_-6_n` leaves an empty file when there is nothing."""
    found = seen("", "ip -6 n")

    assert found == Seen((View("ip-neighbour", (), "ip -6 n", "empty"),))


def test_lines_that_nobody_knows_are_reported() -> None:
    """Law 1: what is neither data nor known noise must show up, once a block."""
    found = seen(paste("q1 42", "q2 43", "", "$ ip r", *ROUTES))

    assert found.captures == (View("ip-route", ROUTES, "ip r"),)
    assert found.diagnostics == (("unrecognised-lines", "q1 42\nq2 43"),)


def test_output_of_other_commands_is_booked_and_not_read() -> None:
    """`brctl show` is known and not read; `cat FILE` prints what only a reader knows."""
    bridge = "bridge name\tbridge id\t\tSTP enabled\tinterfaces"
    found = seen(paste("$ cat /proc/sys/net/ipv4/ip_forward", "1", "$ ip r", *ROUTES, bridge))

    assert found.captures == (
        View(None, ("1",), "cat /proc/sys/net/ipv4/ip_forward"),
        View("ip-route", ROUTES, "ip r"),
        View("brctl", (bridge,)),
    )
    assert found.diagnostics == (("unread-command", "1"), ("command-contradicted", bridge), ("unread-command", bridge))


def test_cat_of_a_saved_listing_is_what_the_listing_is() -> None:
    """`cat routes.txt` prints routes, but `cat` must not become the routes' command line."""
    found = seen(paste("$ cat routes.txt", *ROUTES))

    assert found == Seen((View("ip-route", ROUTES),), (("prompt", "$ cat routes.txt"),))


def test_greetings_around_a_listing_are_captions() -> None:
    """A mail has a first and a last line that are no routes."""
    found = seen(paste("Hi all, this is what we see on the node:", *ROUTES, "", "Regards,", "Bob"))

    captions = ("Hi all, this is what we see on the node:", "Regards,", "Bob")
    assert found == Seen((View("ip-route", ROUTES),), tuple(("caption", line) for line in captions))


def test_a_damaged_record_stays_in_the_body() -> None:
    """A line that begins like a record is the parser's to report; taking it for prose would hide the loss."""
    damaged = "10.240.0.7 dev azv8eed0080cd7 and this is where the node of the customer was"
    found = seen(paste("$ ip r", *ROUTES, damaged))

    assert found.captures == (View("ip-route", (*ROUTES, damaged), "ip r"),)


def test_a_prompt_inside_a_comment_is_no_prompt() -> None:
    """Comments are printed raw, line ends included: a rule's comment must not forge a capture."""
    rules = ("Chain X (1 references)", HEAD, "RETURN  all  --  anywhere  10.0.0.0/8  /* a", "root@evil:/# ip r", "b */")
    found = seen(paste("$ iptables -t nat -L X", *rules, "$ "))

    assert found == Seen(
        (View("iptables", rules, "iptables -t nat -L X"),), (("prompt", "$ iptables -t nat -L X"), ("prompt", "$ "))
    )


@pytest.mark.parametrize(
    ("lines", "kind", "expected"),
    [
        (("168.63.129.16 via 10.240.0.1 dev eth0 proto dhcp", POD), "ip-route", "excerpt"),
        (("default via 10.240.0.1 dev eth0 onlink",), "ip-route", "complete"),
        (("default via 169.254.1.1 dev eth0", "169.254.1.1 dev eth0 scope link"), "ip-route", "complete"),
        (("-A IP-MASQ-AGENT -j MASQUERADE",), "iptables", "excerpt"),
        (("-N IP-MASQ-AGENT", "-A IP-MASQ-AGENT -j MASQUERADE"), "iptables", "complete"),
        (("*nat", ":PREROUTING ACCEPT [0:0]", "-A PREROUTING -j X"), "iptables", "tail-cut"),
        (("-A PREROUTING -j X", "COMMIT"), "iptables", "head-cut"),
        ((LO4, "2: eth0: <UP> mtu 1500"), "ip-address", "head-cut"),
        ((PROXY,), "kubectl", "head-cut"),
    ],
)
def test_lines_betray_that_others_are_missing(lines: tuple[str, ...], kind: str, expected: str) -> None:
    """A gateway that nothing reaches, rules of no table, rows without a head: the listing is not whole."""
    found = seen(paste(*lines))

    assert found.captures == (View(kind, lines, None, expected),)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('[{"ifindex":1,"ifname":"lo","addr_info":[]}]', "ip-address"),
        ('[{"dst":"default","gateway":"10.0.0.1","dev":"eth0","flags":[]}]', "ip-route"),
        (
            '[{"dst":"10.0.0.9","dev":"eth0"},{"dst":"10.0.0.1","dev":"eth0","lladdr":"00:00:00:00:00:01","state":["STALE"]}]',
            "ip-neighbour",
        ),
        ('{"apiVersion": "v1", "items": [], "kind": "List"}', "kubectl"),
        ("apiVersion: v1\nitems:\n- apiVersion: apps/v1\n  kind: DaemonSet\nkind: List", "kubectl"),
    ],
)
def test_machine_forms_are_known_by_their_keys(text: str, kind: str) -> None:
    """JSON and YAML have no prompts and no columns: their keys tell whose they are."""
    found = seen(text + "\n")

    assert found == Seen((View(kind, tuple(text.split("\n"))),))


def test_json_documents_are_cut_where_they_end() -> None:
    """Two documents and a prompt in one paste; one that breaks off is cut at its tail."""
    links, cut = '[{"ifindex":1,"ifname":"lo"}]', '[{"dst":"default","gateway":"10.0.0.1",'
    found = seen(paste("$ ip -j a", links, "$ ip -j r", cut))

    assert found.captures == (
        View("ip-address", (links,), "ip -j a"),
        View("ip-route", (cut,), "ip -j r", "tail-cut"),
    )


def test_an_output_of_aks_command_invoke_keeps_its_last_status_line_out() -> None:
    """`az aks command invoke` puts one status line before the output."""
    status = "command started at 2026-11-23 10:00:00+00:00, finished at 2026-11-23 10:00:01+00:00 with exitcode=0"

    found = seen(paste(status, DS, PROXY), "kubectl get ds -A")

    assert found == Seen((View("kubectl", (DS, PROXY), "kubectl get ds -A"),), (("envelope", status),))


def test_footers_and_banners_are_noise() -> None:
    """time(1), totals and the login of a debug pod are no records."""
    banner = "If you don't see a command prompt, try pressing enter."
    found = seen(
        paste(
            banner,
            "root@aks-0:/# time ip r",
            *ROUTES,
            "",
            "real\t0m0.004s",
            "user\t0m0.001s",
            "Total Number of Rules: 5",
            "=======",
        )
    )

    assert found == Seen(
        (View("ip-route", ROUTES, "ip r", host="aks-0"),),
        (
            ("banner", banner),
            ("prompt", "root@aks-0:/# time ip r"),
            ("footer", "real\t0m0.004s"),
            ("footer", "user\t0m0.001s"),
            ("footer", "Total Number of Rules: 5"),
            ("footer", "======="),
        ),
    )


def test_a_mark_above_a_listing_without_a_prompt_leaves_its_head_open() -> None:
    """The default route may be among the lines left out; taken as whole, the capture would prove that there is none."""
    route, link = "10.224.0.0/16 dev eth0 proto kernel scope link\n", "1: lo: <LOOPBACK> mtu 65536 qdisc noqueue\n"

    above = seen(f"[snip]\n{route}")
    between = seen(f"{link}[snip]\n{route}")
    told = seen(f"[snip]\nwhat follows are the routes of the node\n{route}")

    assert [view.completeness for view in above.captures] == ["head-cut"]
    assert [view.completeness for view in between.captures] == ["snipped", "head-cut"]
    assert [view.completeness for view in told.captures] == ["complete"]


def test_a_mark_inside_a_comment_is_a_mark() -> None:
    """Taken for words of the comment, it would make one rule of two, and a whole listing of a cut one."""
    rule = "RETURN all -- anywhere 10.0.0.0/8 /* local traffic\n[snip]\nmust be last in chain) */\n"

    found = seen(f"Chain A (1 references)\ntarget prot opt source destination\n{rule}")

    assert [(view.completeness, view.gaps) for view in found.captures] == [("snipped", 1)]
