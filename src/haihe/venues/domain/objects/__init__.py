"""3D objects of a tour: what a glTF file holds, and what keeps it from being shown. Plain Python."""
