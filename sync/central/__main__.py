"""`python -m sync.central` is the `central` command."""

import sys

from sync.central.cli import main

sys.exit(main())
