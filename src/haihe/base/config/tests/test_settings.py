"""Settings from file and environment: what is taken, what is refused, and how it is said."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from haihe.base.config import BadValue, Config, ConfigError, UnknownKey, load
from haihe.base.config.document import FILE, document
from haihe.base.config.keys import default_home
from haihe.base.config.settings import KNOWN, SECRET


def _home(tmp_path: Path, toml: str | bytes = "") -> dict[str, str]:
    data = toml if isinstance(toml, bytes) else toml.encode()
    (tmp_path / "haihe.toml").write_bytes(data)
    return {"HAIHE_HOME": str(tmp_path)}


def test_settings_without_file_are_the_defaults(tmp_path: Path) -> None:
    assert load({"HAIHE_HOME": str(tmp_path)}) == Config(home=tmp_path)


def test_settings_environment_wins_over_file(tmp_path: Path) -> None:
    env = _home(tmp_path, 'city_name = "津"\ndebug = true\npicture_limit_mb = 5\nallow_addresses = ["10.0.0.0/8"]')
    config = load({**env, "HAIHE_CITY_NAME": "沽", "HAIHE_DEBUG": "off", "HAIHE_ALLOW_ADDRESSES": "::1, 10.1.0.0/16"})
    assert config == Config(
        home=tmp_path, city_name="沽", picture_limit_mb=5, allow_addresses=("::1", "10.1.0.0/16"), debug=False
    )


@pytest.mark.parametrize(
    ("key", "nearest"), [("city_nam", "city_name"), ("databse_url", "database_url"), ("Bind", "bind")]
)
def test_settings_unknown_key_is_refused_with_the_nearest(tmp_path: Path, key: str, nearest: str) -> None:
    with pytest.raises(UnknownKey) as refused:
        load(_home(tmp_path, f'{key} = "x"'))
    assert str(refused.value).startswith(f"{tmp_path}/haihe.toml: unknown key {key!r}; did you mean {nearest!r}?")


def test_settings_unknown_variable_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownKey, match=r"unknown key 'HAIHE_PUBLIC_ULR'; did you mean 'HAIHE_PUBLIC_URL'\?"):
        load({**_home(tmp_path), "HAIHE_PUBLIC_ULR": "http://a"})


def test_settings_machinery_variables_are_no_keys(tmp_path: Path) -> None:
    quiet = {"HAIHE_INNER": "1", "HAIHE_TEST_DATA": "/nowhere", "HAIHE_CHROMIUM": "/nowhere", "HAIHELIKE": "x"}
    assert load({**_home(tmp_path), **quiet}) == Config(home=tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        "city_name = 5",
        'city_name = ""',
        'debug = "true"',
        "debug = 1",
        'picture_limit_mb = "5"',
        "picture_limit_mb = true",
        "picture_limit_mb = 0",
        'bind = "8000"',
        'bind = "localhost:99999"',
        'public_url = "localhost:8000"',
        'public_url = "https://a.example/path"',
        'public_url = "http://a:b:c"',
        'allow_addresses = "10.0.0.0/8"',
        'allow_addresses = ["ten"]',
        'languages = ["zh-hans", "zh-hans"]',
        'languages = ["fr"]',
        "languages = []",
        'time_zone = "Asia/Tientsin"',
        'time_zone = "../../etc/passwd"',
        'smtp_url = "http://mail"',
        'database_url = "mysql://x/y"',
        "[city_name]\nzh = 1",
    ],
)
def test_settings_value_of_the_wrong_kind_is_refused(tmp_path: Path, line: str) -> None:
    name = line.strip("[").split(maxsplit=1)[0].split("]")[0]
    with pytest.raises(BadValue, match=rf"haihe\.toml: {name} must be "):
        load(_home(tmp_path, line))


@pytest.mark.parametrize("text", ["yes please", "2", ""])
def test_settings_variable_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadValue, match=r"HAIHE_DEBUG: debug must be true or false"):
        load({**_home(tmp_path), "HAIHE_DEBUG": text})


def test_settings_refusal_never_shows_a_secret(tmp_path: Path) -> None:
    assert set(KNOWN) >= SECRET
    for name in SECRET - {"secret_key"}:
        with pytest.raises(BadValue) as refused:
            load(_home(tmp_path, f'{name} = "ftp://user:hunter2@host"'))
        assert "hunter2" not in str(refused.value)
    with pytest.raises(BadValue) as refused:
        load(_home(tmp_path, 'secret_key = ["hunter2"]'))
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("data", [b"city_name =", "city_name = '津'".encode("gb18030"), b"a = 1\na = 2"])
def test_settings_file_that_is_no_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"haihe\.toml: cannot be read: "):
        load(_home(tmp_path, data))


def test_settings_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="HAIHE_CONFIG names this file, but there is none"):
        load({"HAIHE_CONFIG": str(tmp_path / "none.toml")})


def test_settings_home_follows_the_checkout_not_the_working_folder(tmp_path: Path, monkeypatch) -> None:
    checkout = Path(__file__).resolve().parents[5]
    monkeypatch.chdir(tmp_path)
    assert default_home({}) == checkout / "var"


def test_settings_document_is_equal_to_the_keys() -> None:
    assert FILE.read_text(encoding="utf-8") == document()


def test_settings_every_key_is_used_somewhere() -> None:
    source = Path(__file__).resolve().parents[3]
    text = "\n".join(
        file.read_text(encoding="utf-8")
        for file in source.rglob("*.py")
        if "tests" not in file.parts and file.name not in ("keys.py", "document.py")
    )
    unused = [field.name for field in dataclasses.fields(Config) if f".{field.name}" not in text]
    assert unused == []
