"""What is answered: errors by the protocol's own codes, and the few documents of an upload in parts."""

from __future__ import annotations

from xml.sax.saxutils import escape

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
STATUS = {
    "AccessDenied": 403,
    "BadDigest": 400,
    "EntityTooLarge": 400,
    "EntityTooSmall": 400,
    "IncompleteBody": 400,
    "InvalidAccessKeyId": 403,
    "InvalidArgument": 400,
    "InvalidPart": 400,
    "InvalidPartOrder": 400,
    "InvalidRequest": 400,
    "InternalError": 500,
    "KeyTooLongError": 400,
    "MalformedXML": 400,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucket": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "RequestTimeTooSkewed": 403,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "XAmzContentSHA256Mismatch": 400,
}


class S3Error(Exception):
    """A refusal by its S3 code, with a sentence for whoever reads the program's log."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, STATUS[code]


def error(refusal: S3Error, resource: str) -> bytes:
    return document(
        "Error", [("Code", refusal.code), ("Message", refusal.message), ("Resource", resource)], namespace=False
    )


Value = str | int | list[tuple[str, "Value"]]


def document(name: str, children: list[tuple[str, Value]], *, namespace: bool = True) -> bytes:
    """One XML document; a child's value is text, a number, or children of its own."""
    declared = f' xmlns="{NAMESPACE}"' if namespace else ""
    inner = "".join(_element(*child) for child in children)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{declared}>{inner}</{name}>'.encode("utf-8", "replace")


def _element(name: str, value: Value) -> str:
    inner = "".join(_element(*child) for child in value) if isinstance(value, list) else escape(str(value))
    return f"<{name}>{inner}</{name}>"
