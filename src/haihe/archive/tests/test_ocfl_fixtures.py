"""The public fixtures of OCFL, each judged as the name of its folder says."""

import re
from pathlib import Path

import pytest

from haihe.archive.domain.ocfl.objects import validate_object
from haihe.archive.domain.ocfl.validating import validate


def fixtures(data_folder: Path, kind: str) -> list[Path]:
    found = sorted(data_folder.glob(f"ocfl/1.[01]/{kind}-objects/*"))
    assert found
    return found


def test_good_objects_have_neither_errors_nor_warnings(data_folder: Path) -> None:
    for path in fixtures(data_folder, "good"):
        assert dict(validate_object(path).findings.counts) == {}, path


def test_warn_objects_have_exactly_the_warnings_of_their_names(data_folder: Path) -> None:
    for path in fixtures(data_folder, "warn"):
        assert set(validate_object(path).findings.counts) == set(re.findall(r"W\d{3}", path.name)), path


def test_bad_objects_have_the_errors_of_their_names(data_folder: Path) -> None:
    for path in fixtures(data_folder, "bad"):
        found = {one.code for one in validate_object(path).findings.errors}
        assert set(re.findall(r"E\d{3}", path.name)) <= found, (path, found)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_codes_of_a_later_specification_are_not_used(data_folder: Path, version: str) -> None:
    for path in sorted((data_folder / "ocfl" / version / "bad-objects").iterdir()):
        found = validate_object(path)
        if found.spec == "1.0":
            assert not [code for code in found.findings.counts if "E102" < code < "E999"], path


def test_an_empty_folder_is_an_object_without_anything(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report = validate(tmp_path / "empty")
    assert report.valid is False
    assert {"E003", "E063"} <= set(report.counts)
