"""Forms of accounts that say more plainly what they want."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Account name or e-mail")
        self.fields["password"].help_text = ""  # the way to a new password stands below the form
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
