"""The location set covering problem (Toregas and others 1971), whole and in part."""
