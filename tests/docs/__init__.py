"""The papers: what they show is run, and what they name is there."""
