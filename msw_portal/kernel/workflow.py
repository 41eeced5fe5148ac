"""A state diagram as data: which step leads from which states to which."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from msw_portal.kernel.errors import DomainError


@dataclass(frozen=True)
class Step:
    """One arrow. `target` None keeps the state (a flag moves instead)."""

    name: str
    sources: frozenset[str]
    target: str | None
    label: str | Promise = ""
    needs_reason: bool = False


@dataclass(frozen=True)
class Workflow:
    """All arrows of one kind of subject; `field` is the column that only `move` assigns."""

    name: str
    steps: tuple[Step, ...]
    field: str = "state"
    final: frozenset[str] = frozenset()
    _by_name: dict[str, Step] = field_of(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name.update({step.name: step for step in self.steps})
        if len(self._by_name) != len(self.steps):
            raise ValueError(f"{self.name}: two steps share a name")

    def step(self, name: str) -> Step:
        """The arrow called `name`; KeyError when the diagram has none."""
        return self._by_name[name]

    def state_of(self, subject: Any) -> str:
        return getattr(subject, self.field)

    def check(self, subject: Any, name: str, reason: str = "") -> Step:
        """The arrow, or a DomainError saying why it cannot be taken from the present state.

        Raises:
            DomainError: `<workflow>.<step>.wrong_state` (409) or `<workflow>.<step>.needs_reason`.
        """
        step = self.step(name)
        if self.state_of(subject) not in step.sources:
            shown = getattr(subject, f"get_{self.field}_display")()
            raise DomainError(
                f"{self.name}.{name}.wrong_state",
                _("当前状态是“%(state)s”，不能“%(step)s”。")
                % {"state": shown, "step": step.label or step.name},
                status=409,
            )
        if step.needs_reason and not reason.strip():
            raise DomainError(f"{self.name}.{name}.needs_reason", _("请写明理由。"), "reason")
        return step

    def open_steps(self, subject: Any) -> Iterable[Step]:
        """The arrows that leave the present state, in the diagram's order."""
        return (step for step in self.steps if self.state_of(subject) in step.sources)
