"""Places of the demonstration city, painted by code: a museum hall by casting rays, a riverside by brush and mirror.

numpy is imported here only; whoever draws does so in the heavy lane.
"""
