"""What models take: the vocabulary of their rows, and the mapping of a request by a row."""
