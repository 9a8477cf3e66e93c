"""Forecasts of many short series at once: `forecast_all` in `engine`, the command in `command`, method in
`docs/forecast.md`. Pure: numpy in, numpy out; no Django, no clock, no network, fixed seeds."""
