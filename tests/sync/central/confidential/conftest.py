"""A corruption key, an officer who may open it, and a case."""

import pytest

from sync.central.cases.models import Case
from sync.central.confidential.holding import (
    grant,
    make_recovery,
)
from sync.central.confidential.models import CorruptionKey, Holder, Share
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.seal import public_key_of, seal
from tests.sync.central.confidential.reports import CHEAP, NOW, PASSPHRASE, sealed_twice
from tests.sync.central.kiosk import CORRUPTION_KEY


@pytest.fixture
def recovery(db):
    """The recovery key; the corruption key of these tests is shared with it."""
    told = make_recovery(NOW)
    key = CorruptionKey.objects.create(
        name="corruption-1", public=public_key_of(CORRUPTION_KEY), made_at=NOW
    )
    holder = Holder.objects.get()
    Share.objects.create(key=key, holder=holder, sealed=seal(CORRUPTION_KEY, bytes(holder.public)))
    return told


@pytest.fixture
def officer(recovery):
    create_officer("malee", confidential=True)
    found = Officer.objects.get(username="malee")
    grant(found, PASSPHRASE, recovery, NOW, CHEAP)
    return found


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def case(kiosk):
    kiosk.send(sealed_twice(kiosk, 1))
    return Case.objects.get()
