"""Providers: pure functions and model tables."""
