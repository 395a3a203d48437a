"""The worker's pages: what is near and open, a station, reports; they work with no signal."""
