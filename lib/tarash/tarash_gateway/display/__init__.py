"""What a person sees of a call while it runs: bars in a terminal, lines of text elsewhere."""
