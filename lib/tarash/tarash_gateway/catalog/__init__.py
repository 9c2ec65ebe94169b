"""What models support: the types of model rows, and how a row maps a request."""
