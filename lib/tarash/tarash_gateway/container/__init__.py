"""What a video or a picture file says about itself, read from as few of its bytes as possible."""
