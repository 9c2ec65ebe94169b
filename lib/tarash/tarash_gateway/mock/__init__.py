"""A provider that needs no network: scripted replies and playable clips."""
