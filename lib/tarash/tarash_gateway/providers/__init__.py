"""Providers: pure functions and model tables."""

# Old module paths are found in this folder, for one release.
__path__.append(f"{__path__[0].removesuffix('providers')}_moved/providers")
