"""From what visitors spend on products to what industries put out, by an input-output table of the operator.

Direct output of an industry is what of the spending on each product it receives; in all it is that and what other
industries order of it to deliver theirs: x = (I - A)⁻¹ f (Leontief; TSA:RMF 2008, chapter 5).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from haihe.base.errors import HaiheError

if TYPE_CHECKING:  # boards ask for it only where an operator laid a table down
    import numpy as np
    from numpy.typing import NDArray

FILE = "chain.toml"
OFF = 1e-6  # how far the shares of a product may be from 1 together


class ChainBad(HaiheError):
    """The table of shares cannot be used."""

    permanent = True
    says = gettext_lazy("The table of shares cannot be used.")
    hint = gettext_lazy(
        "Mend tourism/chain.toml in the home folder; docs/tourism.md says what it holds. The other figures stand."
    )


@dataclass(frozen=True)
class Table:
    """An input-output table, as far as tourism asks for it.

    year, source   of the table, as it is told beside every figure
    industries     code -> Chinese, English
    shares         product × industry: of one yuan spent on the product, what the industry receives; rows sum to 1
    inputs         industry × industry: of one yuan of output of the column, what it orders of the row (A)
    """

    year: int
    source: str
    industries: Mapping[str, tuple[str, str]]
    products: tuple[str, ...]
    shares: NDArray[np.float64]
    inputs: NDArray[np.float64]


@dataclass(frozen=True)
class Link:
    """One industry: what it receives of the spending, and what it puts out for it in all, in the spending's unit."""

    industry: str
    direct: float
    whole: float


def read_table(path: Path) -> Table | None:
    """None where there is no file. Raises ChainBad."""
    import numpy as np

    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ChainBad(_("It is no TOML that can be read: %s") % error, thing=FILE) from error
    try:
        names = {str(code): (str(both[0]), str(both[1])) for code, both in told["industries"].items()}
        products = tuple(told["shares"])
        shares = np.array([_row(told["shares"][one], names, f"shares.{one}") for one in products])
        orders = {code: told.get("inputs", {}).get(code, {}) for code in names}
        inputs = np.array([_row(orders[code], names, f"inputs.{code}") for code in names]).T
        table = Table(int(told["year"]), str(told["source"]), names, products, shares, inputs)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ChainBad(_("It lacks a part, or has a wrong one: %s") % error, thing=FILE) from error
    for product, row in zip(products, shares, strict=True):
        if abs(row.sum() - 1) > OFF:
            said = {"product": product, "sum": f"{row.sum():g}"}
            raise ChainBad(_("The shares of %(product)s sum to %(sum)s, not to 1.") % said, thing=FILE)
    for code, used in zip(names, inputs.sum(axis=0), strict=True):
        if used >= 1:
            said = {"industry": code, "used": f"{used:g}"}
            message = _("%(industry)s orders %(used)s for one yuan it puts out; it must be less than 1.")
            raise ChainBad(message % said, thing=FILE)
    return table


def _row(told: Mapping[str, Any], names: Mapping[str, Any], where: str) -> list[float]:
    unknown = set(told) - set(names)
    if unknown:
        said = {"where": where, "names": ", ".join(sorted(unknown))}
        raise ChainBad(_("%(where)s names %(names)s, which is none of the industries.") % said, thing=FILE)
    row = [float(told.get(code, 0)) for code in names]
    if not all(math.isfinite(value) and 0 <= value <= 1 for value in row):
        raise ChainBad(_("%s holds a share below 0 or above 1.") % where, thing=FILE)
    return row


def links(table: Table, spending: Mapping[str, float]) -> tuple[list[Link], float]:
    """What spending by product does to each industry, and the spending on products that the table does not know.

    Direct output of all industries and what is not known sum to the spending. Raises nothing.
    """
    import numpy as np

    known = np.array([spending.get(one, 0.0) for one in table.products])
    direct = known @ table.shares
    whole = np.linalg.solve(np.eye(len(direct)) - table.inputs, direct)
    left = sum(value for one, value in spending.items() if one not in table.products)
    made = [
        Link(code, float(one), float(all_of_it))
        for code, one, all_of_it in zip(table.industries, direct, whole, strict=True)
    ]
    return sorted(made, key=lambda link: -link.whole), left
