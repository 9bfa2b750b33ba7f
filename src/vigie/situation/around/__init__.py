"""Everything around one alert, one fact or one point, in one answer."""
