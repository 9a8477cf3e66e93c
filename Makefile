# Two commands matter: `make run`, `make test`. Needed beforehand: git, make, Python 3.11 or newer with venv.
# What each target does stands in ground/, which needs nothing but Python itself.

SHELL := /bin/sh
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c '$(NEW_ENOUGH)' 2>/dev/null; then echo $$p; break; fi; done)
TARGETS := setup run test test-full bench shots lock

.PHONY: $(TARGETS)
$(TARGETS):
ifeq ($(PYTHON),)
	@echo "Python 3.11 or newer is missing. Install it, then try again:" >&2
	@echo "    Debian, Ubuntu   sudo apt-get install python3 python3-venv" >&2
	@echo "    Fedora           sudo dnf install python3" >&2
	@echo "    openEuler        sudo dnf install python3.11" >&2
	@echo "    macOS            brew install python@3.13" >&2
	@exit 1
else
	@exec $(PYTHON) -m ground $@
endif
