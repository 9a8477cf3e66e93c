"""An app that only tests and the benchmark know: things to be found."""
