"""Provenance that travels in a file: C2PA manifests signed by the operator's own certificate authority. No Django.

authority    the operator's keys and certificates, made once by `haihe archive ca`
provenance   writing and reading manifests; nothing is ever fetched from the network
"""
