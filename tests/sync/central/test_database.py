import fcntl
import os
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from sync.central.fleet.models import Device


def is_locked():
    """Whether somebody else would have to wait now."""
    with Path(f"{connection.settings_dict['NAME']}.lock").open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_the_database_is_durable_and_forgets():
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("secure_delete") == 1


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_held_for_a_transaction_and_no_longer():
    Device.objects.count()
    assert not is_locked()
    with transaction.atomic():
        assert is_locked()
        with transaction.atomic():
            Device.objects.count()
        assert is_locked()
    assert not is_locked()


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_let_go_after_a_rollback():
    with pytest.raises(KeyError), transaction.atomic():
        raise KeyError
    assert not is_locked()


@pytest.mark.django_db(transaction=True)
def test_a_lone_write_waits_for_the_lock_and_reading_does_not():
    Device.objects.count()
    path = f"{connection.settings_dict['NAME']}.lock"
    descriptor = os.open(path, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    done = threading.Event()

    def write():
        Device.objects.filter(code="A1").update(version="x")
        done.set()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        Device.objects.count()
        assert not done.wait(0.2)
    finally:
        os.close(descriptor)
    assert done.wait(5)
    writer.join()
