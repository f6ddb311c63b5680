"""What can go wrong between a case and central, in one tree.

SyncError
├── Unreachable          central did not answer usefully; wait and try again
│   └── KeyUnknown       signed by a key that the keyring at hand does not have
├── Refused              central answered and will not have it; a person decides
├── StoreFull            the disk takes no more; nothing was half-written
├── StoreDamaged         the store cannot be trusted; it is kept for salvage
│   ├── StoreTooNew      a later release used it in a way that this one cannot read
│   └── StoreReadOnly    the file system below it takes no writing any more
├── NewCodeNeeded        salvaged or restored: no case until a new device code is here
├── StatementRefused     a technician's SQL that does more than read, or is none
└── BadMessage           bytes that are not what they claim to be (also a ValueError)
    ├── BadReference     not a reference, or its check character is wrong
    ├── BadSeal          cannot be opened with this key
    └── BadSignature     not signed by whom it claims, or changed on the way

`code` is stable: translations and answers on the wire key on it.
"""


class SyncError(Exception):
    """Something went wrong between a case and central."""

    code = "sync"


class Unreachable(SyncError):
    """Central did not answer usefully: wait and try again.

    Args:
        retry_after_s: how long central asked to be left alone; 0 where it did not say.
    """

    code = "unreachable"

    def __init__(self, detail: str = "", retry_after_s: float = 0) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class KeyUnknown(Unreachable):
    """The answer is signed by a key that the keyring at hand does not have: fetch the newest."""

    code = "key_unknown"


class Refused(SyncError):
    """Central understood and refused.

    Args:
        code: the reason, as central names it on the wire.
    """

    code = "refused"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


class StoreFull(SyncError):
    """The disk takes no more; nothing was half-written."""

    code = "store_full"


class StoreDamaged(SyncError):
    """The store cannot be trusted; the file is kept for salvage."""

    code = "store_damaged"


class StoreTooNew(StoreDamaged):
    """A later release used it in a way that this one cannot read; nothing is wrong with it."""

    code = "store_too_new"


class StoreReadOnly(StoreDamaged):
    """The file system takes no writing: as a rule the kernel met a fault and gave it up."""

    code = "store_read_only"


class NewCodeNeeded(SyncError):
    """The store was salvaged or restored: its numbers could come twice under the old code."""

    code = "new_code_needed"


class StatementRefused(SyncError):
    """A technician's statement would write, is no SQL, or took too long; nothing changed."""

    code = "statement_refused"


class BadMessage(SyncError, ValueError):
    """Bytes that are not what they claim to be."""

    code = "bad_message"


class BadReference(BadMessage):
    """Not a reference or tracking key, or the check character is wrong."""

    code = "bad_reference"


class BadSeal(BadMessage):
    """The sealed box does not open with this key."""

    code = "bad_seal"


class BadSignature(BadMessage):
    """Not signed by whom it claims, or changed on the way."""

    code = "bad_signature"
