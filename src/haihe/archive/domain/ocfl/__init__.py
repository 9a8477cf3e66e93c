"""Oxford Common File Layout 1.0 and 1.1: a validator for any object or storage root, and a writer of 1.1.

    from haihe.archive.domain.ocfl.validating import validate
    from haihe.archive.domain.ocfl.store import Store

Pure Python: no Django, no database. Source: https://ocfl.io/1.1/spec/ and https://ocfl.io/1.0/spec/.
"""
