"""Tests of the engine, with a presentation, records and a schema of their own."""
