"""Old module paths among the providers."""
