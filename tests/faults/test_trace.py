"""What strace told is read whole, whoever came between."""

import pytest

from tests.faults.trace import whole

TOLD = (
    '7  openat(AT_FDCWD, "a", O_RDONLY <unfinished ...>\n',
    "8  fsync(3) = 0\n",
    "7  <... openat resumed>) = 4\n",
)


def test_a_call_that_another_thread_came_between_is_put_together() -> None:
    assert list(whole(TOLD)) == ["8  fsync(3) = 0", '7  openat(AT_FDCWD, "a", O_RDONLY) = 4']


def test_the_end_of_a_call_that_never_began_is_an_error() -> None:
    with pytest.raises(KeyError):
        list(whole(TOLD[2:]))
