"""Random clusters on a loopback API server, and what the real `kubectl` prints of them."""
