"""Kinds of covering beside the plain one: backup, capacitated, gradual, max-min, phases."""
