"""Stations as the faces show them: features, hours, standing."""
