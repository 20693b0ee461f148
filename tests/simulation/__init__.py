"""Whole regions on a virtual clock, driven from a seed and checked from outside."""
