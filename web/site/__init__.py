"""What every page stands on: the city at hand, language, templates, assets, security, sessions."""
