"""Frozen values and their checks: they know nothing of providers, HTTP or time."""
