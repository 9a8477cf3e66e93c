"""S3: one object for each publication; a correction replaces it, a withdrawal deletes it."""

from __future__ import annotations

import posixpath
from datetime import timedelta
from typing import Any, ClassVar

import httpx
from django.utils.translation import gettext_lazy as _

from haihe.channels import http
from haihe.channels.naming import dated, file_name
from haihe.channels.shape import PlainChannel
from haihe.releases.delivery.errors import NotAccepted, NotNow, WrongSettings
from haihe.releases.delivery.protocols import Account, Can, Field, Once, Parcel, Receipt, Way


class S3(PlainChannel):
    name: ClassVar[str] = "s3"
    label: ClassVar[Any] = _("Object store (S3)")
    explains: ClassVar[Any] = _("One object for each publication in a bucket of any S3-compatible store.")
    can: ClassVar[frozenset[Can]] = frozenset({Can.REPLACE, Can.DELETE})
    once: ClassVar[Once] = Once.NAME
    fields: ClassVar[tuple[Field, ...]] = (
        Field("endpoint", _("address"), "url", help=_("Such as https://oss.partner.example.org")),
        Field("bucket", _("bucket")),
        Field("region", _("region"), required=False, initial="us-east-1"),
        Field("prefix", _("folder"), required=False),
        Field("access_key", _("access key"), "secret"),
        Field("secret_key", _("secret key"), "secret"),
    )

    def deliver(self, parcel: Parcel, account: Account) -> Receipt:
        from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

        store = _store(account)
        prefix = str(account.settings.get("prefix") or "").strip("/")
        try:
            return _put(store, parcel, prefix)
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise NotAccepted(answer=_first_line(error)) from error
        except NotFoundError as error:  # the bucket itself
            raise NotAccepted(answer=_first_line(error)) from error
        except BaseError as error:
            raise NotNow(answer=_first_line(error)) from error

    def check(self, account: Account) -> None:
        if not account.settings.get("bucket"):
            raise WrongSettings(thing=account.name)


def _put(store: Any, parcel: Parcel, prefix: str) -> Receipt:
    import obstore

    if parcel.way is Way.DELETE:
        if parcel.previous:
            obstore.delete(store, parcel.previous)
        return Receipt(remote_id=parcel.previous, answer=f"− {parcel.previous}")
    assert parcel.rendered is not None
    name = posixpath.join(prefix, dated(parcel, file_name(parcel)))
    found = obstore.put(store, name, parcel.rendered.body, attributes={"Content-Type": parcel.rendered.media_type})
    if parcel.previous and parcel.previous != name:
        obstore.delete(store, parcel.previous)
    return Receipt(remote_id=name, answer=str(found.get("e_tag") or ""))


def _store(account: Account) -> Any:
    """Raises AddressRefused, HostUnreachable: a store is no way into the operator's own network."""
    from obstore.store import S3Store

    endpoint = str(account.settings["endpoint"]).rstrip("/")
    http.client().guard.destination(httpx.URL(endpoint), timeout=5.0)
    return S3Store(
        str(account.settings["bucket"]),
        endpoint=endpoint,
        region=str(account.settings.get("region") or "us-east-1"),
        access_key_id=account.secrets.get("access_key", ""),
        secret_access_key=account.secrets.get("secret_key", ""),
        virtual_hosted_style_request=False,
        client_options={"timeout": timedelta(seconds=25), "allow_http": endpoint.startswith("http://")},
        retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=25)},
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300]
