"""The pure machine: what to send next, what a reply means, what to do about an error."""
