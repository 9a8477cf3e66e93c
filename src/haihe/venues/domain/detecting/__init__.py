"""Faces and number plates in a panorama, proposed by OpenCV's cascades; staff decide about each."""
