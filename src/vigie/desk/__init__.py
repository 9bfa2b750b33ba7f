"""The application database: people, roles, sessions, tokens, alerts."""
