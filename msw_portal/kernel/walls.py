"""The first wall: the migration operation that gives every table its class of row-level security.

The classes and their policies are those of docs/architecture (model, section 1.3). `Wall` writes
ENABLE and FORCE, the policies for role msw_app, the grants, the trigger that counts versions and a
comment `wall:<CLASS>` on the table, by which the tests find tables without a class.
"""

from dataclasses import dataclass

from django.db.migrations.operations.base import Operation

ORG = "(select app.org())"
CARE = "(select app.care())"
USER = "(select app.usr())"
GUEST = "(select app.guest())"
# A guest of the house keeps the own calendar feed, and no other link.
OWN_CALENDAR = f"(kind = 'calendar' and created_by_id = {USER} and organization_id = {GUEST})"
COMPARTMENT = "(compartment_id is null or compartment_id = any ((select app.comps())::bigint[]))"
TENANT = f"organization_id = {ORG}"
SYSTEM = "(select app.role()) = 'system'"


@dataclass(frozen=True)
class Policy:
    """USING and WITH CHECK per command; `check` defaults to `using`."""

    using: str
    check: str | None = None
    insert: str | None = None
    update: str | None = None
    delete: str | None = None


def _shared(owner: str) -> Policy:
    return Policy(f"{owner} or counterparty_id = {ORG}")


OWNER_COMP = f"({TENANT} and (not is_care or {CARE} = organization_id) and {COMPARTMENT})"
APPEND_CHECK = f"organization_id in ({ORG}, {GUEST}, (select app.door()), 1)"
COPY_READER = (
    "(withdrawn_at is null and (expires_at is null or expires_at > now()) "
    f"and (recipient_id = {ORG} or recipient_user_id = {USER}))"
)

POLICIES: dict[str, Policy | None] = {
    "IDENTITY": None,
    "GLOBAL": Policy("true", "(select app.role()) in ('sysadmin', 'system')"),
    "REGISTER": Policy("true", f"managed_by_id = {ORG} or {SYSTEM}"),
    "TENANT": Policy(TENANT),
    # A row of a closed compartment is for who may enter it, and for whose task it is.
    "TENANT+COMP": Policy(f"{TENANT} and ({COMPARTMENT} or assignee_id = {USER} or {SYSTEM})"),
    "CARE": Policy(f"organization_id = {CARE}"),
    "CASE": Policy(f"organization_id = {CARE} and {COMPARTMENT}"),
    # Like CASE, but without an open side: only who holds the compartment, from the first row on.
    "NAMED": Policy(
        f"organization_id = {CARE} and compartment_id = any ((select app.comps())::bigint[])"
    ),
    "SHARED": _shared(TENANT),
    "SHARED+COMP": _shared(OWNER_COMP),
    # A third house takes part: it is asked, or the issuer entrusted the work to it. What each may write is
    # told apart by a trigger; SHARED+READER lets the third house read only.
    "SHARED+PARTNER": Policy(f"{TENANT} or counterparty_id = {ORG} or partner_id = {ORG}"),
    "SHARED+READER": Policy(
        f"{TENANT} or counterparty_id = {ORG} or partner_id = {ORG}",
        f"{TENANT} or counterparty_id = {ORG}",
    ),
    "COPY": Policy(f"{TENANT} or {COPY_READER}", TENANT),
    "OWN": Policy(
        f"{TENANT} or {{person}} = {USER}",
        f"{TENANT} or ({{person}} = {USER} and organization_id = {GUEST})",
    ),
    "GUEST": Policy(f"{TENANT} or (organization_id = {GUEST} and is_open)", TENANT),
    "PERSONAL": Policy(
        f"user_id = {USER} and (organization_id is null or organization_id in ({ORG}, {GUEST}))"
    ),
    "PRINCIPAL": Policy(f"user_id = {USER}"),
    "OPEN": Policy(f"{TENANT} or published_at is not null", TENANT),
    "RELEASED": Policy(
        f"{TENANT} or (released_at is not null and region_code between (select app.rlo()) and (select app.rhi()))",
        TENANT,
    ),
    # A return is sent to one authority, which reviews it; once frozen every authority of the region reads it.
    "SHARED+RELEASED": Policy(
        f"{TENANT} or counterparty_id = {ORG} "
        "or (released_at is not null and region_code between (select app.rlo()) and (select app.rhi()))",
        f"{TENANT} or counterparty_id = {ORG}",
        insert=TENANT,
        delete=TENANT,
    ),
    "PUBLIC": Policy(
        f"{TENANT} or (visible_from <= now() and (visible_to is null or visible_to > now()))",
        TENANT,
    ),
    "LINK": Policy(
        f"{TENANT} or token_hash = (select app.token()) or {OWN_CALENDAR}",
        f"{TENANT} or {OWN_CALENDAR}",
    ),
    "INBOX": Policy(
        f"{TENANT} or receipt_hash = (select app.token())",
        TENANT,
        insert=f"organization_id in ({ORG}, (select app.door()))",
        update=TENANT,
    ),
    "QUEUE": Policy(f"{TENANT} or (select app.role()) = 'relay'"),
    # Append-only: the insert arm names the writer's house, the select arm the class that reads it.
    "APPEND+SHARED": Policy(
        f"{OWNER_COMP} or counterparty_id = {ORG}",
        insert=f"{APPEND_CHECK} or counterparty_id = {ORG}",
    ),
    "APPEND+QUEUE": Policy(f"{TENANT} or (select app.role()) = 'relay'", insert=APPEND_CHECK),
    "APPEND+AUDIT": Policy(
        f"{TENANT} and (select app.role()) in ('auditor', 'system')", insert=APPEND_CHECK
    ),
}
GRANTS = {
    "APPEND+SHARED": "SELECT, INSERT",
    "APPEND+AUDIT": "SELECT, INSERT",
    "APPEND+QUEUE": "SELECT, INSERT, UPDATE, DELETE",
}
ALL = "SELECT, INSERT, UPDATE, DELETE"


def wall_sql(
    table: str, wall: str, *, person: str = "", grant: str | None = None, versioned: bool = False
) -> list[str]:
    """The statements that put `table` behind `wall`; `person` is the OWN class's column.

    Raises:
        KeyError: for a class that is not in POLICIES.
    """
    policy = POLICIES[wall]
    statements = [
        f"COMMENT ON TABLE {table} IS 'wall:{wall}{':' + person if person else ''}'",
        f"REVOKE ALL ON {table} FROM PUBLIC",
        f"GRANT {grant or GRANTS.get(wall, ALL)} ON {table} TO msw_app",
    ]
    if versioned:
        statements.append(
            f"CREATE TRIGGER touch BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION app.touch()"
        )
    if policy is None:
        return statements
    statements += [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    ]
    using = policy.using.format(person=person)
    check = (policy.check or policy.using).format(person=person)
    if policy.insert is None and policy.check is None:
        return [
            *statements,
            f"CREATE POLICY wall ON {table} FOR ALL TO msw_app USING ({using}) WITH CHECK ({check})",
        ]
    # A FOR ALL policy would let its USING decide what may be updated or deleted; writing follows the check.
    writes = check if policy.check else using
    statements += [
        f"CREATE POLICY wall_select ON {table} FOR SELECT TO msw_app USING ({using})",
        f"CREATE POLICY wall_insert ON {table} FOR INSERT TO msw_app WITH CHECK ({policy.insert or check})",
        f"CREATE POLICY wall_update ON {table} FOR UPDATE TO msw_app USING ({policy.update or writes}) "
        f"WITH CHECK ({policy.update or writes})",
        f"CREATE POLICY wall_delete ON {table} FOR DELETE TO msw_app USING ({policy.delete or writes})",
    ]
    return statements


class _Sql(Operation):
    """Statements with a reverse; no state changes."""

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label, state):
        pass

    def _run(self, schema_editor, statements):
        for statement in statements:
            schema_editor.execute(statement, params=None)


class Wall(_Sql):
    """Put a model's table behind a class: `Wall("cases.Case", "CASE")`, `Wall("x.Y", "OWN", person="user_id")`."""

    def __init__(self, model: str, wall: str, *, person: str = "", grant: str | None = None):
        if wall not in POLICIES:
            raise ValueError(f"unknown class {wall}")
        self.model, self.wall, self.person, self.grant = model, wall, person, grant

    def deconstruct(self):
        kwargs = {"person": self.person} if self.person else {}
        if self.grant:
            kwargs["grant"] = self.grant
        return self.__class__.__name__, [self.model, self.wall], kwargs

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        meta = to_state.apps.get_model(self.model)._meta
        versioned = any(field.name == "row_version" for field in meta.local_fields)
        self._run(
            schema_editor,
            wall_sql(
                meta.db_table, self.wall, person=self.person, grant=self.grant, versioned=versioned
            ),
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(self.model)._meta.db_table
        self._run(
            schema_editor,
            [
                *(
                    f"DROP POLICY IF EXISTS {name} ON {table}"
                    for name in ("wall", "wall_select", "wall_insert", "wall_update", "wall_delete")
                ),
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
                f"DROP TRIGGER IF EXISTS touch ON {table}",
                f"REVOKE ALL ON {table} FROM msw_app",
                f"COMMENT ON TABLE {table} IS NULL",
            ],
        )

    def describe(self):
        return f"Put {self.model} behind the wall {self.wall}"


class WallTables(_Sql):
    """The same for tables of other people's apps, by table name: `WallTables("IDENTITY", "django_session", ...)`."""

    def __init__(self, wall: str, *tables: str, grant: str | None = None):
        self.wall, self.tables, self.grant = wall, tables, grant

    def deconstruct(self):
        return (
            self.__class__.__name__,
            [self.wall, *self.tables],
            {"grant": self.grant} if self.grant else {},
        )

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.tables:
            self._run(schema_editor, wall_sql(table, self.wall, grant=self.grant))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table in self.tables:
            self._run(
                schema_editor,
                [f"REVOKE ALL ON {table} FROM msw_app", f"COMMENT ON TABLE {table} IS NULL"],
            )

    def describe(self):
        return f"Put {len(self.tables)} tables behind the wall {self.wall}"


class Trigger(_Sql):
    """A trigger on a model's table: `Trigger("cases.Contact", "take_compartment", "BEFORE INSERT ...", "app.take_compartment()")`.

    `when` is the timing and event, `call` the function with its arguments; `constraint` makes a
    deferred constraint trigger; `statement` fires once a statement, with `referencing` if given.
    """

    def __init__(
        self,
        model: str,
        name: str,
        when: str,
        call: str,
        *,
        constraint: bool = False,
        statement: bool = False,
        referencing: str = "",
        condition: str = "",
    ):
        self.model, self.name, self.when, self.call = model, name, when, call
        self.constraint, self.statement, self.referencing, self.condition = (
            constraint,
            statement,
            referencing,
            condition,
        )

    def deconstruct(self):
        kwargs = {
            key: value
            for key, value in (
                ("constraint", self.constraint),
                ("statement", self.statement),
                ("referencing", self.referencing),
                ("condition", self.condition),
            )
            if value
        }
        return self.__class__.__name__, [self.model, self.name, self.when, self.call], kwargs

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = to_state.apps.get_model(self.model)._meta.db_table
        self._run(
            schema_editor,
            [
                f"CREATE {'CONSTRAINT ' if self.constraint else ''}TRIGGER {self.name} {self.when} ON {table} "
                f"{'DEFERRABLE INITIALLY DEFERRED ' if self.constraint else ''}"
                f"{'REFERENCING ' + self.referencing + ' ' if self.referencing else ''}"
                f"FOR EACH {'STATEMENT' if self.statement else 'ROW'} "
                f"{'WHEN (' + self.condition + ') ' if self.condition else ''}EXECUTE FUNCTION {self.call}"
            ],
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(self.model)._meta.db_table
        self._run(schema_editor, [f"DROP TRIGGER IF EXISTS {self.name} ON {table}"])

    def describe(self):
        return f"Trigger {self.name} on {self.model}"


class Definer(_Sql):
    """A SECURITY DEFINER function of schema app: its search_path is fixed and only msw_app may call it."""

    def __init__(
        self,
        signature: str,
        returns: str,
        body: str,
        *,
        language: str = "plpgsql",
        volatility: str = "",
    ):
        self.signature, self.returns, self.body = signature, returns, body
        self.language, self.volatility = language, volatility

    def deconstruct(self):
        kwargs = {}
        if self.language != "plpgsql":
            kwargs["language"] = self.language
        if self.volatility:
            kwargs["volatility"] = self.volatility
        return self.__class__.__name__, [self.signature, self.returns, self.body], kwargs

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self._run(
            schema_editor,
            [
                f"CREATE OR REPLACE FUNCTION app.{self.signature} RETURNS {self.returns} LANGUAGE {self.language} {self.volatility} "
                f"SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $body$ {self.body} $body$",
                f"REVOKE ALL ON FUNCTION app.{_identity(self.signature)} FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION app.{_identity(self.signature)} TO msw_app",
            ],
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self._run(schema_editor, [f"DROP FUNCTION IF EXISTS app.{_identity(self.signature)}"])

    def describe(self):
        return f"Definer function app.{self.signature}"


def _identity(signature: str) -> str:
    """`enter(p_user bigint, p_role text)` -> `enter(bigint, text)`: how PostgreSQL names a function."""
    name, arguments = signature[:-1].split("(", 1)
    types = [
        argument.strip().split(" ", 1)[1] for argument in arguments.split(",") if argument.strip()
    ]
    return f"{name}({', '.join(types)})"
