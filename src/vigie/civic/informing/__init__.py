"""What the city tells everybody, without signing in: page, feeds, alerts, street panels."""
