"""Configs in a TOML file: its text becomes configs, and errors name their line and field."""
