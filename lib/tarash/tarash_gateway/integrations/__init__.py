"""The library on durable engines; each module needs the extra of its engine."""
