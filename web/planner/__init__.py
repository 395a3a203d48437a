"""The planner's page: the newest plan, its map and its reasons."""
