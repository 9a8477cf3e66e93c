"""Deposits by the S3 protocol: what the edge needs of it. No Django.

keys      access keys that name a person and end by themselves; their secrets are derived, and kept nowhere
signing   AWS Signature Version 4 of a request, judged
bodies    the body of a request, with the signatures and checksums inside it
parts     uploads in parts on the disk
answers   what is said, in XML

Source: Amazon S3 API reference and "Authenticating Requests (AWS Signature Version 4)".
"""
