"""Replay: a session at a terminal as a file that can be read, run again, compared, approved and loaded."""
