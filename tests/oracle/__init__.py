"""Random states of the kernel, and what the real `ip` and `iptables` say of them in text and in machine form."""
