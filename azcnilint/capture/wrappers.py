"""Take a command out of what runs it: sudo, nsenter, ip netns exec, kubectl exec, ssh, sh -c, az … run-command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

_MOST_WRAPPERS = 16
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_SHELLS = frozenset({"ash", "bash", "busybox", "dash", "ksh", "sh", "zsh"})
_PREFIXES = frozenset(
    {
        "builtin",
        "busybox",
        "command",
        "do",
        "exec",
        "nohup",
        "setsid",
        "then",
        "time",
        "toybox",
        "unbuffer",
        "!",
        "{",
        "(",
    }
)
_SHELL = ("sh",)
"""What runs where no command is given: a shell, whose own prompts follow."""
_CONTAINERS = frozenset({"crictl", "docker", "nerdctl", "podman"})


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The words of the innermost command, or the shell script that a wrapper was given as one word."""

    words: tuple[str, ...]
    netns: str | None = None
    host: str | None = None
    script: str | None = None


def base_name(program: str) -> str:
    """Give a program's name without directories and Windows' `.exe`: `/sbin/ip` is `ip`."""
    return program.rsplit("/", 1)[-1].removesuffix(".exe").lstrip("\\(") or program


def unwrap(words: Sequence[str]) -> Unwrapped:
    """Strip wrappers, outermost first. Total: never raises."""
    state = Unwrapped(tuple(words))
    for _ in range(_MOST_WRAPPERS):
        state_before = state
        state = _step(state)
        if state == state_before or state.script is not None:
            break
    return state


def _step(state: Unwrapped) -> Unwrapped:
    words = state.words
    if not words:
        return state
    if _ASSIGNMENT.fullmatch(words[0]) and len(words) > 1:
        return replace(state, words=words[1:])
    program = base_name(words[0])
    if program in _PREFIXES and len(words) > 1 and not words[1].startswith("-"):
        return replace(state, words=words[1:])
    if program in _SHELLS and "-c" in words[:-1]:
        return replace(state, script=words[words.index("-c") + 1])
    wrapper = _WRAPPERS.get(program) or (_container if program in _CONTAINERS else None)
    return wrapper(state) if wrapper else state


def _after_flags(words: Sequence[str], valued: str, start: int = 1) -> int:
    """Give the index of the first word that is no flag; `valued` lists the flags whose value is the next word."""
    takes, at = valued.split(), start
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        if words[at] == "--":
            return at + 1
        at += 2 if words[at] in takes else 1
    return at


def _flagged(valued: str, operands: int = 0) -> Callable[[Unwrapped], Unwrapped]:
    """Make the wrapper `PROGRAM [FLAGS] OPERANDS… COMMAND`."""

    def strip(state: Unwrapped) -> Unwrapped:
        at = _after_flags(state.words, valued) + operands
        return replace(state, words=state.words[at:]) if at < len(state.words) else state

    return strip


def _env(state: Unwrapped) -> Unwrapped:
    at = _after_flags(state.words, "-u --unset -C --chdir")
    return replace(state, words=state.words[at:]) if at < len(state.words) else state


def _nsenter(state: Unwrapped) -> Unwrapped:
    """nsenter(1): only -n (or -a) changes the network namespace; that of process 1 is the host's."""
    words, target, entered, named = state.words, None, False, None
    at = 1
    while at < len(words) and words[at].startswith("-"):
        flag, _, value = words[at].partition("=")
        at += 1
        if flag == "--":
            break
        if flag in {"--target", "-t"} or (not flag.startswith("--") and flag.endswith("t")):
            target, at = (value, at) if value else (words[at] if at < len(words) else None, at + 1)
        elif re.fullmatch(r"-t\d+", flag):
            target = flag[2:]
        if flag in {"--net", "--all"} or (not flag.startswith("--") and set(flag) & set("na")):
            entered, named = True, value or named
        if flag in {"-S", "-G", "--setuid", "--setgid"} and not value:
            at += 1
    netns = state.netns
    if entered and named:
        netns = base_name(named)
    elif entered and target != "1":
        netns = f"pid {target}"
    return replace(state, words=words[at:] or _SHELL, netns=netns)


def _ip(state: Unwrapped) -> Unwrapped:
    """`ip netns exec NS COMMAND` and `ip -n NS …` (ip-netns(8), ip(8) -netns)."""
    words = state.words
    for at in range(1, len(words) - 1):
        if words[at] in {"-n", "-netns"}:
            return replace(state, words=(*words[:at], *words[at + 2 :]), netns=words[at + 1])
        if not words[at].startswith("-"):
            break
    at = _after_flags(words, "-f -family")
    if (
        len(words) > at + 3
        and len(words[at]) > 3
        and "netns".startswith(words[at])
        and "exec".startswith(words[at + 1])
    ):
        return replace(state, words=words[at + 3 :], netns=words[at + 2])
    return state


def _kubectl(state: Unwrapped) -> Unwrapped:
    """`kubectl exec POD -- COMMAND` runs in the pod; `debug node/N` and `node-shell N` run on the node."""
    words = state.words
    verb = _after_flags(words, _KUBECTL_VALUED)
    if verb >= len(words) or words[verb] not in {"exec", "debug", "run", "node-shell"}:
        return state
    subject = _after_flags(words, _KUBECTL_VALUED, verb + 1)
    if subject >= len(words):
        return state
    inner: tuple[str, ...] = ()
    if "--" in words:
        inner = words[words.index("--") + 1 :]
    elif words[verb] == "exec":
        inner = words[subject + 1 :]
    name = words[subject]
    if words[verb] == "node-shell" or name.startswith("node/"):
        return replace(state, words=inner or _SHELL, host=name.removeprefix("node/"))
    return replace(state, words=inner or _SHELL, netns=f"pod {name}")


def _container(state: Unwrapped) -> Unwrapped:
    words = state.words
    if len(words) < 4 or words[1] != "exec":
        return state
    at = _after_flags(words, "-u --user -w --workdir -e --env", 2)
    return replace(state, words=words[at + 1 :], netns=f"container {words[at]}") if at + 1 < len(words) else state


def _ssh(state: Unwrapped) -> Unwrapped:
    words = state.words
    at = _after_flags(words, "-i -p -l -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w")
    if at + 1 >= len(words):
        return state
    return replace(state, host=words[at].rsplit("@", 1)[-1], script=" ".join(words[at + 1 :]))


def _az(state: Unwrapped) -> Unwrapped:
    """`az vmss run-command invoke … --scripts 'ip r'` and `az aks command invoke … --command 'kubectl get ds -A'`."""
    words = state.words
    for flag in ("--scripts", "--command", "-c"):
        if flag in words[:-1] and "invoke" in words:
            first = words.index(flag) + 1
            scripts = []
            for word in words[first:]:
                if word.startswith("-"):
                    break
                scripts.append(word)
            return replace(state, script="; ".join(scripts)) if scripts else state
    return state


_KUBECTL_VALUED = (
    "-n --namespace -c --container --context --kubeconfig --image -s --server --as --target --profile -v --restart"
)
_WRAPPERS: Mapping[str, Callable[[Unwrapped], Unwrapped]] = {
    "az": _az,
    "chroot": _flagged("", operands=1),
    "doas": _flagged("-u -C"),
    "env": _env,
    "ionice": _flagged("-c -n -p"),
    "ip": _ip,
    "k": _kubectl,
    "kubectl": _kubectl,
    "nice": _flagged("-n"),
    "nsenter": _nsenter,
    "oc": _kubectl,
    "ssh": _ssh,
    "stdbuf": _flagged("-i -o -e"),
    "sudo": _flagged("-u -g -h -p -C -r -t -U -D -R -T"),
    "timeout": _flagged("-s -k", operands=1),
    "watch": _flagged("-n --interval"),
}
WRAPPERS = frozenset(_WRAPPERS) | _PREFIXES | _SHELLS | _CONTAINERS | {"xtables-nft-multi", "xtables-legacy-multi"}
"""Programs that run another."""
