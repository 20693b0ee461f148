"""One file a competitor."""
