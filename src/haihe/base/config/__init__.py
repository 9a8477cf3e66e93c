"""What the operator sets: `haihe.toml` and `HAIHE_*` variables, every key known and documented."""

from haihe.base.config import derive
from haihe.base.config.settings import BadValue, Config, ConfigError, UnknownKey, load

__all__ = ["BadValue", "Config", "ConfigError", "UnknownKey", "derive", "load"]
