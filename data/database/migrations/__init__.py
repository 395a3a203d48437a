"""The steps from one schema to the next, run by Alembic; see docs/schema.md on adding one."""
