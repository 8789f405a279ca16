"""Code for JAX runs unchanged on arrays whose rows are on several devices."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

import matcalc

DEVICES = 4
KINDS = {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)"}
LOSS = "sum(log(1 + exp(-y.*(X*w)))) + w'*w/2"
# a program of its own, because the number of devices is fixed when JAX is loaded
PROGRAM = """
import json, sys
import jax, numpy as np
from jax.sharding import NamedSharding, PartitionSpec

jax.config.update("jax_enable_x64", True)
assert len(jax.devices()) == {devices}, jax.devices()
mesh = jax.sharding.Mesh(np.array(jax.devices()), ("rows",))
rows = NamedSharding(mesh, PartitionSpec("rows"))
rng = np.random.default_rng(0)
given = {{"X": rng.normal(size=(40, 3)), "y": rng.choice([-1.0, 1.0], 40), "w": rng.normal(size=3)}}
sharded = {{key: jax.device_put(given[key], rows) for key in ("X", "y")}}
sharded["w"] = jax.numpy.asarray(given["w"])
assert len(sharded["X"].sharding.device_set) == {devices}
for source, reference in json.load(sys.stdin):
    here, there = {{}}, {{}}
    exec(source, here)
    exec(reference, there)
    code = here["f"].__code__
    names = code.co_varnames[: code.co_kwonlyargcount]
    wanted = there["f"](**{{key: given[key] for key in names}})
    for function in (here["f"], jax.jit(here["f"])):
        found = function(**{{key: sharded[key] for key in names}})
        np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-10)
        if found.shape == (40,):  # the rows of the result are where those of the data are
            assert len(found.sharding.device_set) == {devices}
print("all right")
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed")
def test_sharded_rows() -> None:
    formulas = [
        matcalc.parse(LOSS, KINDS),
        matcalc.diff(LOSS, "w", variables=KINDS),
        matcalc.diff(LOSS, "w", variables=KINDS, order=2),
        matcalc.diff(LOSS, "y", variables=KINDS),
        matcalc.diff("logsumexp(X*w) + norm2(X*w - y)", "w", variables=KINDS, order=2),
        matcalc.diff("logdet(X'*diag(exp(X*w))*X + 2*eye(n))", "w", variables=KINDS),
    ]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(devices=DEVICES)],
        input=json.dumps([(each.source("jax"), each.source("numpy")) for each in formulas]),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "JAX_PLATFORMS": "cpu",
            "XLA_FLAGS": f"--xla_force_host_platform_device_count={DEVICES}",
        },
    )
    assert ran.stdout == "all right\n", ran.stderr[-3000:]
