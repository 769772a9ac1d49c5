"""What a listing of iptables cannot say as iptables-save does, for every test that compares both."""

from __future__ import annotations

KEPT_AS_TEXT = {
    "sctp --chunk-types": "chunk types are numbers with -n; nothing of Kubernetes on Azure writes them",
    "dccp --dccp-types": "as chunk types",
    "dccp --dccp-option": "as chunk types",
    "time": "the listing leaves out --datestop and the seconds' base",
    "connlimit": "begins with #, as comments of documents do",
    "hashlimit": "the listing leaves out --hashlimit-name",
    "quota": "what is left and what was given look the same",
    "u32": "a program, kept as text",
    "bpf": "the listing leaves out the length of the program",
    "policy": "IPsec; the listing has numbers with -n",
    "connbytes": "nothing of Kubernetes on Azure writes it",
    "connlabel": "needs the node's /etc/xtables/connlabel.conf",
    "esp": "IPsec",
    "ah": "IPsec",
}
"""What `-L` shows and we keep as text, not as options: the clause and why. Nothing else may differ from save."""

NOT_SHOWN = {
    "in_interface": "-L without -v prints no interfaces",
    "in_interface_negated": "as in_interface",
    "out_interface": "-L without -v prints no interfaces",
    "out_interface_negated": "as in_interface",
    "source": "-L without -n prints a host name for an address that the resolver knows",
    "destination": "as source",
}
"""What a listing may say otherwise than the save of the same state, and why. Reviewed; nothing else may differ."""
