"""The official's report: its figures, tables, sections and pages."""
