"""Connections, readers and stores are open files, and a shell allows few of them unless it is asked."""

from __future__ import annotations

import resource
from contextlib import suppress

FILES_MAX = 1_048_576
"""Asked for where the system sets no limit."""


def allow_open_files() -> None:
    """As many open files as the system lets this process have; the processes it starts may have as many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # a system may have a limit it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
