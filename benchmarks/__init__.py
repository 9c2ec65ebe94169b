"""What the library costs, beside the same exchanges by hand and beside the official clients."""
