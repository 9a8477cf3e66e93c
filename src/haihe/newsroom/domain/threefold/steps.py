"""The six steps in their order; the last word is the editor-in-chief's."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop

from haihe.newsroom.models.reviews import DutyTask, Office

REVIEW, PROOF = DutyTask.Duty.REVIEW, DutyTask.Duty.PROOF


@dataclass(frozen=True)
class Step:
    """One step; `name` as staff see it, `office` whose it is (None: of whoever holds any post)."""

    round: int
    duty: DutyTask.Duty
    name: str
    office: Office | None

    @property
    def key(self) -> str:
        return f"{self.duty}{self.round}"


STEPS = (
    Step(1, REVIEW, gettext_noop("First review"), Office.RESPONSIBLE_EDITOR),  # 初审
    Step(1, PROOF, gettext_noop("First proof"), None),  # 一校
    Step(2, REVIEW, gettext_noop("Second review"), Office.DEPARTMENT_HEAD),  # 复审
    Step(2, PROOF, gettext_noop("Second proof"), None),  # 二校
    Step(3, PROOF, gettext_noop("Third proof"), None),  # 三校
    Step(3, REVIEW, gettext_noop("Final review"), Office.CHIEF_EDITOR),  # 终审
)
BY_KEY = {step.key: step for step in STEPS}
