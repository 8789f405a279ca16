"""What the engine of the page has done before it is stored: all that it imports, and questions of
each kind.
"""

import gc
import json

from matcalc.web.answer import answer
from matcalc.web.warm import DERIVATIVES, OTHERS, REFUSED


def ask(question: str) -> str:
    """The answer to a question, both as JSON: what the page calls."""
    return json.dumps(answer(json.loads(question)))


for question in [*DERIVATIVES, *OTHERS, *REFUSED]:
    found = answer(question)
    assert found["ok"] is (question not in REFUSED), found
gc.collect()
gc.freeze()  # what is stored is never looked through again, which takes a tenth of a second
