"""Frozen values and their checks, independent of providers, HTTP and time."""
