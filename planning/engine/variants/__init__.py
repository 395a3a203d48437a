"""Kinds of covering beside the plain one: backup, capacitated, max-min."""
