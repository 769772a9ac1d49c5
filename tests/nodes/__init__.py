"""Nodes of each mode, built in network namespaces by the real tools, for samples and tests."""
