"""What a mail server answers, a command at a time."""

from __future__ import annotations

import smtplib

LONGEST = 300  # characters of an answer that are kept


def answer(said: tuple[int, bytes]) -> tuple[int, str]:
    """Status and words of an answer. Raises smtplib.SMTPResponseException where it is a refusal (4xx, 5xx)."""
    status, words = said
    if status >= 400:
        raise smtplib.SMTPResponseException(status, words)
    return status, text(words)


def text(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:LONGEST]
