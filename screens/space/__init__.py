"""The presentation space: what a 3270 display holds, cell by cell, and what its keys do to it. Pure."""
