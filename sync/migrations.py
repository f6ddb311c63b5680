"""The store's schema, as the steps that lead to it.

A step and the record that it was taken are one transaction (sqlite-utils does that).
Imported only when a step is due, because sqlite-utils takes a tenth of a second to load.

The rule, so that an update can be taken back: a step only adds (a table, an index, a column
with a default), and what it adds may be left alone by code that does not know it. Yesterday's
release then opens today's store: it ignores steps that it does not know. A step that cannot
be like that takes two releases. The first reads the new way beside the old one and counts
`sync.store.STORE_READING` up; the second takes the step and sets `PRAGMA user_version` to
that number, below which every release refuses the store (StoreTooNew) and leaves it as it
is. A bundle says by its manifest's `store` what it sets, and `kiosk update` refuses one that
the release in force could not be returned from.
"""

import sqlite3

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("store")
READING_SET = 0
"""What the steps below set `PRAGMA user_version` to: every release so far reads all of it."""


def migrate(connection: sqlite3.Connection) -> None:
    """Take all steps that are due; the caller holds the lock and a write transaction."""
    MIGRATIONS.apply(Database(connection, execute_plugins=False))


@MIGRATIONS()
def m001_first_light(db: Database) -> None:
    """Cases, the outbox, slip jobs, the counter of references, the link to central."""
    _counters(db)
    _cases(db)
    _outbox(db)
    _slip_jobs(db)
    _link(db)


def _counters(db: Database) -> None:
    db.table("counters").create({"name": str, "value": int}, pk="name", not_null={"value"})
    db.table("counters").insert({"name": "case", "value": 0})


def _cases(db: Database) -> None:
    """What outlives a sent record: which submission became which reference."""
    db.table("cases").create(
        {"case_id": str, "reference": str, "kept_at": str},
        pk="case_id",
        not_null={"reference", "kept_at"},
    )
    db.table("cases").create_index(["reference"], unique=True)


def _outbox(db: Database) -> None:
    """Every pending event. Settled entries go by (state, settled_at) once that is allowed."""
    db.table("acknowledgements").create(
        {"number": int, "envelope": bytes, "kept_at": str},
        pk="number",
        not_null={"envelope", "kept_at"},
    )
    db.table("outbox").create(
        {
            "number": int,
            "record_id": str,
            "digest": str,
            "kept_at": str,
            "state": str,
            "reason": str,
            "attempts": int,
            "settled_at": str,
            "acknowledgement": int,
            "record": bytes,
        },
        pk="number",
        not_null={"record_id", "digest", "kept_at", "state", "reason", "attempts", "record"},
        defaults={"state": "waiting", "reason": "", "attempts": 0},
        foreign_keys=[("acknowledgement", "acknowledgements", "number")],
    )
    db.table("outbox").create_index(["record_id"], unique=True)
    db.table("outbox").create_index(["state"])
    # Answers name digests; only open entries are looked up, so the index stays small.
    db.execute("CREATE INDEX outbox_open_digest ON outbox (digest) WHERE state <> 'acknowledged'")


def _slip_jobs(db: Database) -> None:
    db.table("slip_jobs").create(
        {
            "number": int,
            "case_id": str,
            "reference": str,
            "kept_at": str,
            "state": str,
            "reason": str,
            "claimed_at": str,
            "printed_at": str,
            "slip": bytes,
        },
        pk="number",
        not_null={"case_id", "reference", "kept_at", "state", "reason", "slip"},
        defaults={"state": "waiting", "reason": ""},
    )
    db.table("slip_jobs").create_index(["case_id"], unique=True)
    db.table("slip_jobs").create_index(["state"])


def _link(db: Database) -> None:
    """One row a device code, so that a replaced identity starts afresh."""
    db.table("link").create(
        {
            "device_code": str,
            "enrolled_at": str,
            "reached_at": str,
            "failing_since": str,
            "reason": str,
        },
        pk="device_code",
        not_null={"reason"},
        defaults={"reason": ""},
    )


@MIGRATIONS()
def m002_nothing_lost(db: Database) -> None:
    """Tallies, boots, identities that are used up; slips that expire by their boot's clock."""
    _add(db, "cases", "digest", str)
    db.execute(
        "UPDATE cases SET digest = coalesce("
        "(SELECT digest FROM outbox WHERE record_id = case_id), '')"
    )
    _add(db, "outbox", "device_code", str)
    db.execute(
        "UPDATE outbox SET device_code = coalesce((SELECT "
        "substr(reference, 1, instr(reference, '-') - 1) FROM cases WHERE case_id = record_id), '')"
    )
    # For finding those that nobody refers to; empty until there is an acknowledgement.
    db.execute(
        "CREATE INDEX outbox_acknowledgement ON outbox (acknowledgement) "
        "WHERE acknowledgement IS NOT NULL"
    )
    _add(db, "slip_jobs", "boot_id", str)
    db.table("slip_jobs").add_column("kept_monotonic_s", float, not_null_default=0)
    db.table("acknowledgements").add_column("answered_at", str)
    _tallies(db)
    _boots(db)
    _spent_codes(db)


@MIGRATIONS()
def m003_other_papers(db: Database) -> None:
    """Jobs for papers other than a case's slip, and copies of what did not come out.

    `case_id` is then the id of what the paper was kept with. Release 0.1.0 can't read the
    words of such a job, prints nothing of it and wipes it in its time.
    """
    db.table("slip_jobs").add_column("paper", str, not_null_default="slip")
    db.table("slip_jobs").add_column("copies", int, not_null_default=0)


def _add(db: Database, table: str, column: str, kind: type) -> None:
    db.table(table).add_column(column, kind, not_null_default="")


def _tallies(db: Database) -> None:
    """The last comparison with central, one row a device code; numbers as JSON."""
    db.table("tallies").create(
        {
            "device_code": str,
            "agreed_through": int,
            "through": int,
            "is_agreed": int,
            "missing": str,
            "compared_at": str,
        },
        pk="device_code",
        not_null={"agreed_through", "through", "is_agreed", "missing", "compared_at"},
    )


def _boots(db: Database) -> None:
    """When boots of this device began, by central's clock."""
    db.table("boots").create({"boot_id": str, "began_at": str}, pk="boot_id", not_null={"began_at"})


def _spent_codes(db: Database) -> None:
    """Device codes under which this store must not count on: it was salvaged or restored."""
    db.table("spent_codes").create(
        {"device_code": str, "spent_at": str, "reason": str},
        pk="device_code",
        not_null={"spent_at", "reason"},
    )
