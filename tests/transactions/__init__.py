"""Tests of the supplied transactions, as dialogues of an operator with a region."""
