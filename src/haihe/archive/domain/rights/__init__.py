"""Rights as data, and the one decision that every path asks.

policies   what may be done with a Master, by whom, when and how large; written and read as ODRL 2.2
statements rightsstatements.org and Creative Commons, the addresses and their names
deciding   decide(policy, master, person, at, action): pure, no Django, no clock of its own
"""
