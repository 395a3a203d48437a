"""Maps and pictures of the city: folium behind one safe wrapper, matplotlib, base maps."""
