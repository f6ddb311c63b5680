"""Every SQL statement of the device, one constant each; `sync.store` says what they mean.

Never built from parts: values go in as parameters.
"""

HAS_MIGRATIONS = "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
HAS_MIGRATION = "SELECT count(*) FROM _sqlite_migrations WHERE migration_set = 'store' AND name = ?"
READING = "PRAGMA user_version"
QUICK_CHECK = "PRAGMA quick_check(10)"

FIND_CASE = "SELECT reference FROM cases WHERE case_id = ?"
NEXT_NUMBER = "UPDATE counters SET value = value + 1 WHERE name = 'case' RETURNING value"
KEEP_CASE = "INSERT INTO cases (case_id, reference, kept_at, digest) VALUES (?, ?, ?, ?)"
KEEP_OUTBOX_ENTRY = (
    "INSERT INTO outbox (record_id, digest, kept_at, device_code, record) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (record_id) DO NOTHING"
)
KEEP_ATTACHMENT = (
    "INSERT INTO outbox (record_id, digest, kept_at, device_code, record, state) "
    "VALUES (?, ?, ?, ?, ?, 'attachment') ON CONFLICT (record_id) DO NOTHING"
)
KEEP_SLIP_JOB = (
    "INSERT INTO slip_jobs (case_id, reference, kept_at, boot_id, kept_monotonic_s, slip) "
    "VALUES (?, ?, ?, ?, ?, ?)"
)
KEEP_PAPER = (
    "INSERT INTO slip_jobs (case_id, reference, kept_at, boot_id, kept_monotonic_s, slip, paper) "
    "VALUES (?, '', ?, ?, ?, ?, ?) ON CONFLICT (case_id) DO NOTHING"
)

WAITING = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at, device_code "
    "FROM outbox WHERE state = 'waiting' ORDER BY number LIMIT ?"
)
WAITING_UNDER = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at, device_code "
    "FROM outbox WHERE state = 'waiting' AND (device_code = ? OR (device_code = '' "
    "AND NOT EXISTS (SELECT 1 FROM spent_codes WHERE device_code = ?))) ORDER BY number LIMIT ?"
)
NEXT_ATTACHMENT = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at, device_code "
    "FROM outbox WHERE state = 'attachment' AND device_code = ? "
    "AND digest NOT IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT 1"
)
OLDEST_WAITING_CODE = (
    "SELECT device_code FROM outbox WHERE state IN ('waiting', 'attachment') "
    "AND device_code <> '' LIMIT 1"
)
WAITING_CODES = (
    "SELECT DISTINCT device_code FROM outbox WHERE state IN ('waiting', 'attachment') "
    "AND device_code <> '' ORDER BY device_code"
)
UNSENT_OF = (
    "SELECT number, record_id, digest, state = 'attachment' FROM outbox "
    "WHERE state IN ('waiting', 'attachment') AND device_code = ? AND number > ? "
    "ORDER BY number LIMIT ?"
)
NEWEST_IN_STATE = (
    "SELECT record_id, digest, record, attempts, state, reason, kept_at, settled_at, device_code "
    "FROM outbox WHERE state = ? ORDER BY number DESC LIMIT ?"
)
KEEP_ACKNOWLEDGEMENT = (
    "INSERT INTO acknowledgements (envelope, kept_at, answered_at) VALUES (?, ?, ?)"
)
ACKNOWLEDGE = (
    "UPDATE outbox SET state = 'acknowledged', reason = '', settled_at = ?, acknowledgement = ? "
    "WHERE digest = ? AND state <> 'acknowledged' AND state IN ('waiting', 'parked')"
)
TAKE_ATTACHMENT = (
    "UPDATE outbox SET state = 'attachment_taken', reason = '', settled_at = ?, "
    "acknowledgement = ? WHERE digest = ? AND state <> 'acknowledged' "
    "AND state IN ('attachment', 'attachment_parked')"
)
PARK = (
    "UPDATE outbox SET reason = ?, settled_at = ?, state = "
    "CASE state WHEN 'waiting' THEN 'parked' WHEN 'attachment' THEN 'attachment_parked' "
    "ELSE state END "
    "WHERE digest = ? AND state <> 'acknowledged' AND state <> 'attachment_taken'"
)
_RETRIED = (
    "UPDATE outbox SET reason = '', settled_at = NULL, "
    "state = CASE state WHEN 'parked' THEN 'waiting' ELSE 'attachment' END "
    "WHERE state IN ('parked', 'attachment_parked') AND reason <> 'damaged'"
)
RETRY_ALL = _RETRIED
RETRY = f"{_RETRIED} AND record_id = ?"
CASE_CALLED = "SELECT case_id FROM cases WHERE reference = ?"
RECORD_CALLED = (
    "SELECT outbox.record FROM outbox JOIN cases ON cases.case_id = outbox.record_id "
    "WHERE cases.reference = ?"
)
POSTPONE = (
    "UPDATE outbox SET attempts = attempts + 1 "
    "WHERE digest = ? AND state <> 'acknowledged' AND state <> 'attachment_taken'"
)
RESEND = (
    "UPDATE outbox SET state = 'waiting', settled_at = NULL, acknowledgement = NULL "
    "WHERE record_id = (SELECT case_id FROM cases WHERE reference = ?) AND state = 'acknowledged' "
    "RETURNING record"
)
RESEND_ATTACHMENT = (
    "UPDATE outbox SET state = 'attachment', settled_at = NULL, acknowledgement = NULL "
    "WHERE record_id = ? AND state = 'attachment_taken'"
)
SETTLED = (
    "SELECT outbox.number FROM outbox "
    "JOIN acknowledgements ON acknowledgements.number = outbox.acknowledgement "
    "LEFT JOIN cases ON cases.case_id = outbox.record_id "
    "WHERE outbox.state IN ('acknowledged', 'attachment_taken') "
    "AND acknowledgements.answered_at <> '' AND acknowledgements.answered_at < ? "
    "AND (outbox.device_code = ? OR (outbox.device_code = '' "
    "AND NOT EXISTS (SELECT 1 FROM spent_codes WHERE device_code = ?))) "
    "AND (cases.case_id IS NULL OR (cases.reference LIKE ? || '-%' "
    "AND CAST(substr(cases.reference, instr(cases.reference, '-') + 1) AS INTEGER) <= "
    "(SELECT agreed_through FROM tallies WHERE device_code = ? AND is_agreed))) "
    "ORDER BY outbox.number LIMIT ?"
)
REMEMBER_DIGEST = (
    "UPDATE cases SET digest = outbox.digest FROM outbox "
    "WHERE outbox.number = ? AND cases.case_id = outbox.record_id AND cases.digest = ''"
)
DELETE_ENTRY = "DELETE FROM outbox WHERE number = ?"
DELETE_ACKNOWLEDGEMENTS = (
    "DELETE FROM acknowledgements "
    "WHERE number NOT IN (SELECT acknowledgement FROM outbox WHERE acknowledgement IS NOT NULL) "
    "AND answered_at < (SELECT max(answered_at) FROM acknowledgements)"
)
OUTBOX_COUNTS = "SELECT state, count(*) FROM outbox GROUP BY state"
OLDEST_WAITING = "SELECT kept_at FROM outbox WHERE state = 'waiting' ORDER BY number LIMIT 1"

CLAIM_SLIP = (
    "UPDATE slip_jobs SET state = 'printing', reason = '', claimed_at = ? WHERE number = "
    "(SELECT number FROM slip_jobs WHERE state = 'waiting' ORDER BY number LIMIT 1) "
    "RETURNING case_id, reference, slip, state, kept_at, reason, paper, copies"
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
SLIP_CAME_OUT = (
    "UPDATE slip_jobs SET state = 'printed', reason = '', printed_at = ?, slip = x'' "
    "WHERE case_id = ? AND state = 'unknown'"
)
PRINT_COPY = (
    "UPDATE slip_jobs SET state = 'waiting', reason = '', copies = copies + 1, "
    "boot_id = ?, kept_monotonic_s = ? WHERE case_id = ? AND state = 'unknown' AND copies < ?"
)
GIVE_UP_SLIP = (
    "UPDATE slip_jobs SET state = 'expired', reason = ?, slip = x'' WHERE case_id = ? AND state = ?"
)
EXPIRE_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'too_late', slip = x'' "
    "WHERE state IN ('waiting', 'printing', 'unknown') "
    "AND (boot_id <> ? OR kept_monotonic_s < ?)"
)
CASE_COUNT = "SELECT count(*) FROM cases"
CODES = (
    "SELECT DISTINCT substr(reference, 1, instr(reference, '-') - 1) FROM cases "
    "UNION SELECT device_code FROM spent_codes ORDER BY 1"
)
EXPIRE_COPIED_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'restored', slip = x'' "
    "WHERE state IN ('waiting', 'printing', 'unknown')"
)
RECOVER_SLIPS = (
    "UPDATE slip_jobs SET state = 'expired', reason = 'found_at_start', slip = x'' "
    "WHERE state IN ('printing', 'unknown')"
)
SLIP_STATE = "SELECT state, reason FROM slip_jobs WHERE case_id = ?"
SLIP_COPIES = "SELECT copies FROM slip_jobs WHERE case_id = ?"
NEWEST_SLIPS = (
    "SELECT case_id, reference, slip, state, kept_at, reason, paper, copies FROM slip_jobs "
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
    "INSERT INTO link (device_code, failing_since, reason, reached_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (device_code) DO UPDATE SET reason = excluded.reason, "
    "failing_since = coalesce(link.failing_since, excluded.failing_since), "
    "reached_at = coalesce(excluded.reached_at, link.reached_at)"
)
LINK_STATE = "SELECT enrolled_at, reached_at, failing_since, reason FROM link WHERE device_code = ?"

CASES_OF = (
    "SELECT cases.reference, coalesce(nullif(cases.digest, ''), outbox.digest, ''), outbox.state "
    "FROM cases LEFT JOIN outbox ON outbox.record_id = cases.case_id "
    "WHERE cases.reference >= ? AND cases.reference < ? ORDER BY cases.rowid"
)
CASES_BETWEEN = (
    "SELECT count(*) FROM cases "
    "WHERE reference >= ? AND reference < ? AND kept_at >= ? AND kept_at < ?"
)
RECORDS_BETWEEN = (
    "SELECT record FROM outbox WHERE device_code = '' AND kept_at >= ? AND kept_at < ?"
)
NOTE_TALLY = (
    "INSERT INTO tallies (device_code, agreed_through, through, is_agreed, missing, compared_at) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (device_code) DO UPDATE SET "
    "agreed_through = CASE WHEN excluded.is_agreed THEN excluded.agreed_through "
    "ELSE tallies.agreed_through END, "
    "through = excluded.through, is_agreed = excluded.is_agreed, missing = excluded.missing, "
    "compared_at = excluded.compared_at"
)
TALLY_STATE = (
    "SELECT agreed_through, through, is_agreed, missing, compared_at FROM tallies "
    "WHERE device_code = ?"
)

NOTE_BOOT = "INSERT OR REPLACE INTO boots (boot_id, began_at) VALUES (?, ?)"
BOOT = "SELECT boot_id, began_at FROM boots WHERE boot_id = ?"
NEWEST_ANSWER = "SELECT max(answered_at) FROM acknowledgements"
NEWEST_WAITING = "SELECT record FROM outbox WHERE state = 'waiting' ORDER BY number DESC LIMIT 50"

MARK_SPENT = "INSERT OR IGNORE INTO spent_codes (device_code, spent_at, reason) VALUES (?, ?, ?)"
IS_SPENT = "SELECT count(*) FROM spent_codes WHERE device_code = ?"
SPENT_COUNT = "SELECT count(*) FROM spent_codes"

TAKE_ACKNOWLEDGEMENT = (
    "INSERT OR IGNORE INTO acknowledgements (number, envelope, kept_at, answered_at) "
    "VALUES (?, ?, ?, ?)"
)
TAKE_CASE = "INSERT OR IGNORE INTO cases (case_id, reference, kept_at, digest) VALUES (?, ?, ?, ?)"
TAKE_LINK = (
    "INSERT OR REPLACE INTO link (device_code, enrolled_at, reached_at, failing_since, reason) "
    "VALUES (?, ?, ?, ?, ?)"
)
TAKE_ENTRY = (
    "INSERT OR IGNORE INTO outbox (number, record_id, digest, kept_at, state, reason, attempts, "
    "settled_at, acknowledgement, record, device_code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
TAKE_SLIP = (
    "INSERT OR IGNORE INTO slip_jobs (number, case_id, reference, kept_at, state, reason, "
    "claimed_at, printed_at, slip) VALUES (?, ?, ?, ?, ?, ?, ?, ?, x'')"
)
SET_COUNTER = "UPDATE counters SET value = ? WHERE name = 'case'"
ADOPT_ENTRIES = "UPDATE outbox SET device_code = ? WHERE device_code = ''"
