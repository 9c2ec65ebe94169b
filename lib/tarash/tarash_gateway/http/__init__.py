"""HTTP requests and replies as values."""
