"""Conditions of programmes in CEL, judged over plain facts, with a sentence for each that is not met.

CEL (Common Expression Language) has no loops, no side effects and no access to Python; length, nesting
and macros are bounded besides. A fact that is missing or None makes a condition unknown, not wrong.
"""

import datetime as dt
import operator
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, TypedDict

LONGEST = 1_000
MOST_MACROS = 3
MACROS = frozenset({"all", "exists", "exists_one", "map", "filter"})
FUNCTIONS = frozenset(
    {"size", "contains", "startsWith", "endsWith", "has", "int", "double", "string", "bool"}
    | {"timestamp", "duration", "getDate", "getFullYear", "getMonth", "getDayOfMonth"}
)
_compiling = threading.Lock()


class RuleError(ValueError):
    """An expression that cannot be parsed or evaluated; says what, never with which facts."""


class UnknownFact(RuleError):
    """The outcome hangs on facts that are not known; `names` lists them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        super().__init__(f"unknown: {', '.join(self.names)}")


class Condition(TypedDict):
    """`code` is stable, `zh` the sentence shown when it is not met, `cel` the expression."""

    code: str
    zh: str
    cel: str


@dataclass(frozen=True)
class Reason:
    """A condition that is not met, or (`is_unknown`) cannot be judged for lack of `missing` facts."""

    code: str
    zh: str
    is_unknown: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """`ok` only when every condition is met; reasons keep the order of the conditions."""

    ok: bool
    reasons: tuple[Reason, ...]

    @property
    def failed(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.is_unknown)

    @property
    def unknown(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.is_unknown)


def evaluate(expression: str, facts: Mapping[str, Any]) -> Any:
    """The value of an expression as a Python value.

    Facts are None, bool, int, Decimal, float, str, dates, and lists or mappings of them; a date is
    midnight UTC for `timestamp(...)`.

    Raises:
        UnknownFact: when the value hangs on a fact that is missing or None.
        RuleError: when the expression is refused, or does not fit the kinds of its facts.
    """
    program = _compiled(expression)
    given = _to_cel(_known(facts))
    try:
        result = program.runner.evaluate(given)
    except _cel().CELEvalError:
        # Not chained: the message of the library quotes the facts.
        missing = [path for path in program.paths if not _is_known(path, facts)]
        if missing:
            raise UnknownFact(missing) from None
        raise RuleError("the expression does not fit the kinds of its facts") from None
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise RuleError("the expression cannot be evaluated") from None
    return _from_cel(result)


def judge(conditions: Iterable[Condition], facts: Mapping[str, Any]) -> Verdict:
    """Judge every condition; short-circuiting counts, so `a || b` with a true needs no b.

    Raises:
        RuleError: for a condition that is refused or whose value is no yes or no.
    """
    reasons = []
    for condition in conditions:
        try:
            met = evaluate(condition["cel"], facts)
        except UnknownFact as error:
            reasons.append(Reason(condition["code"], condition["zh"], True, error.names))
            continue
        if not isinstance(met, bool):
            raise RuleError(f"condition {condition['code']} is not a yes or no")
        if not met:
            reasons.append(Reason(condition["code"], condition["zh"]))
    return Verdict(not reasons, tuple(reasons))


def facts_of(expression: str) -> frozenset[str]:
    """The dotted names of the facts an expression reads: `{"patient.age", "diagnosis"}`.

    Raises:
        RuleError: when the expression is refused; so this also checks one before it is stored.
    """
    return _compiled(expression).paths


# ── compiling ────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Program:
    runner: Any
    paths: frozenset[str]


@cache
def _cel() -> Any:
    # 120 ms on import; only aid requests are judged.
    import celpy

    return celpy


@cache
def _environment() -> Any:
    return _cel().Environment()


@lru_cache(maxsize=512)
def _compiled(expression: str) -> _Program:
    if len(expression) > LONGEST:
        raise RuleError(f"the expression is longer than {LONGEST} characters")
    try:
        with _compiling:
            tree = _environment().compile(expression)
            runner = _environment().program(tree, functions=_mixed_operators())
        return _checked(tree, runner)
    except (_cel().CELParseError, RecursionError):
        raise RuleError("the expression cannot be parsed, or is nested too deeply") from None


def _checked(tree: Any, runner: Any) -> _Program:
    calls = [name for name in _calls(tree) if name not in FUNCTIONS]
    unknown = sorted({name for name in calls if name not in MACROS})
    if unknown:
        raise RuleError(f"no such function: {', '.join(unknown)}")
    if len(calls) > MOST_MACROS:
        raise RuleError(f"more than {MOST_MACROS} of {', '.join(sorted(MACROS))}")
    return _Program(runner, frozenset(_paths(tree, frozenset())))


def _calls(tree: Any) -> Iterable[str]:
    for node in tree.iter_subtrees():
        if node.data in ("ident_arg", "dot_ident_arg"):
            yield str(node.children[0])
        elif node.data == "member_dot_arg":
            yield str(node.children[1])


def _paths(tree: Any, bound: frozenset[str]) -> Iterable[str]:
    """Dotted names below `tree`, without the variables that macros bind."""
    if not hasattr(tree, "children"):
        return
    path = _path(tree)
    if path:
        if path[0] not in bound:
            yield ".".join(path)
        return
    if tree.data == "member_dot_arg" and str(tree.children[1]) in MACROS:
        yield from _paths(tree.children[0], bound)
        arguments = tree.children[2].children if len(tree.children) > 2 else []
        names = frozenset(path[0] for path in map(_path, arguments[:1]) if path)
        for argument in arguments[1:]:
            yield from _paths(argument, bound | names)
        return
    for child in tree.children:
        yield from _paths(child, bound)


def _path(tree: Any) -> tuple[str, ...] | None:
    """`("patient", "age")` where the tree is nothing but a dotted name."""
    if not hasattr(tree, "children"):
        return None
    if tree.data == "ident":
        return (str(tree.children[0]),)
    if tree.data == "member_dot":
        head = _path(tree.children[0])
        return (*head, str(tree.children[1])) if head else None
    return _path(tree.children[0]) if len(tree.children) == 1 else None


@cache
def _mixed_operators() -> dict[str, Callable[[Any, Any], Any]]:
    """Comparisons and sums of whole and decimal numbers, which the library keeps apart."""
    types = _cel().celtypes
    numbers = (types.IntType, types.UintType, types.DoubleType)

    def mixed(
        sign: str, python: Callable[[Any, Any], Any], *, compares: bool
    ) -> Callable[[Any, Any], Any]:
        usual = _cel().evaluation.base_functions[sign]

        def operate(left: Any, right: Any) -> Any:
            apart = type(left) is not type(right)
            if apart and isinstance(left, numbers) and isinstance(right, numbers):
                value = python(float(left), float(right))
                return types.BoolType(value) if compares else types.DoubleType(value)
            return usual(left, right)

        return operate

    comparisons = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
    comparisons |= {"==": operator.eq, "!=": operator.ne}
    sums = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

    def contained(left: Any, right: Any) -> Any:
        if isinstance(left, numbers) and isinstance(right, types.ListType):
            among = (float(one) for one in right if isinstance(one, numbers))
            return types.BoolType(float(left) in among)
        return usual_in(left, right)

    usual_in = _cel().evaluation.base_functions["_in_"]
    return {"_in_": contained} | {
        f"_{sign}_": mixed(f"_{sign}_", python, compares=sign in comparisons)
        for sign, python in (comparisons | sums).items()
    }


# ── values ───────────────────────────────────────────────────────────────────


def _known(fact: Any) -> Any:
    if isinstance(fact, Mapping):
        return {str(key): _known(value) for key, value in fact.items() if value is not None}
    return fact


def _is_known(path: str, facts: Mapping[str, Any]) -> bool:
    value: Any = facts
    for name in path.split("."):
        if not isinstance(value, Mapping) or value.get(name) is None:
            return False
        value = value[name]
    return True


def _to_cel(fact: Any) -> Any:
    types = _cel().celtypes
    if isinstance(fact, Mapping):
        cel = {types.StringType(key): _to_cel(value) for key, value in fact.items()}
        return types.MapType(cel)
    if isinstance(fact, list | tuple):
        return types.ListType([_to_cel(value) for value in fact])
    if isinstance(fact, bool):
        return types.BoolType(fact)
    if isinstance(fact, int):
        return types.IntType(fact)
    if isinstance(fact, Decimal | float):
        return types.DoubleType(float(fact))
    if isinstance(fact, str):
        return types.StringType(fact)
    if isinstance(fact, dt.datetime):
        return types.TimestampType(fact)
    if isinstance(fact, dt.date):
        return types.TimestampType(dt.datetime.combine(fact, dt.time(), dt.UTC))
    raise RuleError(f"a fact cannot be {type(fact).__name__}")


def _from_cel(value: Any) -> Any:
    types = _cel().celtypes
    if isinstance(value, types.BoolType):
        return bool(value)
    if isinstance(value, dict):
        return {str(key): _from_cel(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_from_cel(one) for one in value]
    for native in (int, float, str):
        if isinstance(value, native):
            return native(value)
    return value
