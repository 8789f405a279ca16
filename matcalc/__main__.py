"""``python -m matcalc``."""

from __future__ import annotations

import sys

from matcalc.cli import main

sys.exit(main())
