"""What is said of stations, plans and reports, in both languages, wherever it is said."""
