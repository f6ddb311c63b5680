"""Every SQL statement of the device, one constant each; `sync.store` says what they mean.

Never built from parts: values go in as parameters.
"""

HAS_MIGRATIONS = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
HAS_MIGRATION = "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'store' AND name = ?"
QUICK_CHECK = "PRAGMA quick_check(10)"

FIND_CASE = "SELECT reference FROM cases WHERE case_id = ?"
NEXT_NUMBER = "UPDATE counters SET value = value + 1 WHERE name = 'case' RETURNING value"
KEEP_CASE = "INSERT INTO cases (case_id, reference, kept_at) VALUES (?, ?, ?)"
KEEP_OUTBOX_ENTRY = (
    "INSERT INTO outbox (record_id, digest, kept_at, record) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (record_id) DO NOTHING"
)
KEEP_SLIP_JOB = "INSERT INTO slip_jobs (case_id, reference, kept_at, slip) VALUES (?, ?, ?, ?)"

WAITING = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at FROM outbox "
    "WHERE state = 'waiting' ORDER BY number LIMIT ?"
)
NEWEST_IN_STATE = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at FROM outbox "
    "WHERE state = ? ORDER BY number DESC LIMIT ?"
)
KEEP_ACKNOWLEDGEMENT = "INSERT INTO acknowledgements (envelope, kept_at) VALUES (?, ?)"
ACKNOWLEDGE = (
    "UPDATE outbox SET state = 'acknowledged', reason = '', settled_at = ?, acknowledgement = ? "
    "WHERE digest = ? AND state <> 'acknowledged'"
)
PARK = (
    "UPDATE outbox SET state = 'parked', reason = ?, settled_at = ? "
    "WHERE digest = ? AND state <> 'acknowledged'"
)
POSTPONE = "UPDATE outbox SET attempts = attempts + 1 WHERE digest = ? AND state <> 'acknowledged'"
OUTBOX_COUNTS = "SELECT state, count(*) FROM outbox GROUP BY state"
OLDEST_WAITING = "SELECT kept_at FROM outbox WHERE state = 'waiting' ORDER BY number LIMIT 1"

CLAIM_SLIP = (
    "UPDATE slip_jobs SET state = 'printing', reason = '', claimed_at = ? WHERE number = "
    "(SELECT number FROM slip_jobs WHERE state = 'waiting' ORDER BY number LIMIT 1) "
    "RETURNING case_id, reference, slip, state, kept_at, reason"
)
SLIP_PRINTED = (
    "UPDATE slip_jobs SET state = 'printed', reason = '', printed_at = ?, slip = x'' "
    "WHERE case_id = ? AND state <> 'printed'"
)
SLIP_NOT_STARTED = (
    "UPDATE slip_jobs SET state = 'waiting', reason = ? WHERE case_id = ? AND state = 'printing'"
)
SLIP_UNKNOWN = (
    "UPDATE slip_jobs SET state = 'unknown', reason = ? WHERE case_id = ? AND state = 'printing'"
)
EXPIRE_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'too_late', slip = x'' "
    "WHERE state IN ('waiting', 'printing', 'unknown') AND kept_at < ?"
)
RECOVER_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'found_at_start', slip = x'' "
    "WHERE state IN ('printing', 'unknown')"
)
SLIP_STATE = "SELECT state, reason FROM slip_jobs WHERE case_id = ?"
NEWEST_SLIPS = (
    "SELECT case_id, reference, slip, state, kept_at, reason FROM slip_jobs "
    "ORDER BY number DESC LIMIT ?"
)
SLIP_COUNTS = "SELECT state, count(*) FROM slip_jobs GROUP BY state"

NOTE_ENROLLED = (
    "INSERT INTO link (device_code, enrolled_at) VALUES (?, ?) "
    "ON CONFLICT (device_code) DO UPDATE SET enrolled_at = excluded.enrolled_at"
)
NOTE_REACHED = (
    "INSERT INTO link (device_code, reached_at) VALUES (?, ?) ON CONFLICT (device_code) "
    "DO UPDATE SET reached_at = excluded.reached_at, failing_since = NULL, reason = ''"
)
NOTE_FAILING = (
    "INSERT INTO link (device_code, failing_since, reason) VALUES (?, ?, ?) "
    "ON CONFLICT (device_code) DO UPDATE SET reason = excluded.reason, "
    "failing_since = coalesce(link.failing_since, excluded.failing_since)"
)
LINK_STATE = "SELECT enrolled_at, reached_at, failing_since, reason FROM link WHERE device_code = ?"
