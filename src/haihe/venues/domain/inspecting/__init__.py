"""What a picture file is, and what stands in the way of using it as a panorama."""
