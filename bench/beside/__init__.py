"""The relay beside its peers: the parts of bench/relay."""
