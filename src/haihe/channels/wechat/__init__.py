"""Drafts of a WeChat Official Account."""
