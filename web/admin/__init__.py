"""The desk behind a sign-in: tickets, proposals, activities, the audit, the checkup page."""
