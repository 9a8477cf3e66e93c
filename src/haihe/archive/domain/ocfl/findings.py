"""What a validation found, by the codes of the specification."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MOST_OF_A_CODE = 200  # findings kept of one code in one object; the rest is counted

# Codes that came with 1.1, and what 1.0 says of the same thing
BEFORE_1_1: dict[str, tuple[str, ...]] = {
    "E103": ("E038",),
    "E104": ("E046",),
    "E105": ("E046",),
    "E106": ("E041",),
    "E107": ("E050",),
    "E108": ("E017",),
    "E110": ("E037",),
    "E111": ("E056", "E057"),
    "E112": ("E086",),
    "W016": ("W013",),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement that is not met.

    code     E001 to E112 or W001 to W016 of the specification; "" for what could not be read
    path     below the validated path, "." for itself
    message  one sentence
    """

    code: str
    path: str
    message: str


@dataclass(slots=True)
class Findings:
    """Collects findings; bounded, however bad the object is.

    spec     "1.0" or "1.1": whose codes are used
    counts   how many of each code, kept or not
    """

    spec: str = "1.1"
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    unreadable: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, codes: str, path: str, message: str) -> None:
        """Note one fault; `codes` are one or more, separated by spaces: a fault may offend several requirements."""
        for code in codes.split():
            for known in BEFORE_1_1.get(code, (code,)) if self.spec == "1.0" else (code,):
                self._keep(Finding(known, path or ".", message))

    def cannot_read(self, path: str, why: object) -> None:
        """Note that something could not be judged at all."""
        self._keep(Finding("", path or ".", f"This cannot be read: {why}."))

    def _keep(self, finding: Finding) -> None:
        self.counts[finding.code] += 1
        if self.counts[finding.code] <= MOST_OF_A_CODE:
            kind = finding.code[:1]
            (self.errors if kind == "E" else self.warnings if kind == "W" else self.unreadable).append(finding)

    @property
    def valid(self) -> bool | None:
        """True or False; None where no error was found but something could not be read."""
        if self.errors:
            return False
        return None if self.unreadable else True
