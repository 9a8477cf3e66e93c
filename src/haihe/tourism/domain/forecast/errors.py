"""What can go wrong with a whole file; what goes wrong with one series is a `Refusal` and stops nothing."""

from __future__ import annotations

from haihe.base.errors import HaiheError


class ForecastFileUnreadable(HaiheError):
    """The file is no table of series."""

    permanent = True
    hint = "It needs a header with the columns unique_id, ds and y, and one line per series and time."


class ForecastAskedWrongly(HaiheError):
    """The horizon or the seasonality cannot be."""

    permanent = True
    hint = "The horizon is 1 to 400 steps, the seasonality 1 (yearly), 4, 12, 7 or another number up to 400."


class KnownFileUnreadable(HaiheError):
    """The file is no table of regressors."""

    permanent = True
    hint = "It needs a header with unique_id, ds and one column a regressor, and one line per series and day."


class LedgerUnreadable(HaiheError):
    """The ledger of alerts is damaged in its middle."""

    permanent = True
    hint = "Put the file aside and restore it from the backup; alerts go on in a new one."


class NowcastImpossible(HaiheError):
    """There is too little to tell the present month from."""

    permanent = True
    hint = "It needs the official figures of two years and daily streams that were there a year ago."


class TableUnreadable(HaiheError):
    """A table that goes with the series cannot be read."""

    permanent = True
    hint = "It is a CSV file in UTF-8 whose first line names its columns; docs/forecast.md lists them."
