"""One error for "the house said no", and the sentences of the database's own refusals."""

from collections.abc import Mapping

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule refused; `message` is safe to show, `field` names the field it belongs beside.

    `rule` is a dotted code for the API and the tests (`case.closing_needs_goals`), `status` the
    HTTP status of the answer: 422 unless the refusal is a clash (409) or a missing right (403).
    """

    def __init__(
        self, rule: str, message: str | Promise, field: str | None = None, *, status: int = 422
    ) -> None:
        super().__init__(rule, message, field)
        self.rule, self.message, self.field, self.status = rule, message, field, status

    def __str__(self) -> str:
        return str(self.message)


class Busy(Exception):
    """The database could not give a lock in time, twice over; the edge answers 503 with Retry-After."""


def is_away(error: BaseException | None) -> bool:
    """Whether the database did not answer, or not as one that can work does.

    A server that dies in the middle of a statement is a plain DatabaseError of the driver without a
    code; Django's own plain ones have no driver behind them.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return True
    driver = error.__cause__ if error is not None else None
    return (
        type(error) is DatabaseError
        and hasattr(driver, "pgcode")
        and getattr(driver, "pgcode", None) is None
    )


Sentence = tuple[str | Promise, str | None]
_sentences: dict[str, Sentence] = {}


def register_sentences(sentences: Mapping[str, Sentence]) -> None:
    """Add an app's constraint name -> (Chinese sentence, field or None); called from AppConfig.ready."""
    _sentences.update(sentences)


def sentences() -> Mapping[str, Sentence]:
    """Every registered constraint sentence."""
    return _sentences


def explain(error: IntegrityError) -> DomainError:
    """The sentence for a constraint the database refused; without one the error itself is raised again.

    Raises:
        IntegrityError: when no app explains the constraint, so that a missing sentence is seen.
    """
    diag = getattr(error.__cause__, "diag", None)
    name = getattr(diag, "constraint_name", None) or ""
    if name not in _sentences:
        raise error
    message, field = _sentences[name]
    return DomainError(name, message, field, status=409 if field is None else 422)


NOT_ALLOWED = _("您的角色不能执行这个操作。")
