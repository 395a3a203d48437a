"""The machine's face: stations and roads as GeoJSON, and what workers report."""
