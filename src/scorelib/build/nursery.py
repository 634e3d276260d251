"""Imported by the process that workers are forked from: what every worker needs; starts nothing.

`multiprocessing` imports it (`set_forkserver_preload`), and passes over what fails here in silence: a
worker then imports the same itself, and says what is wrong. It may start no thread, no zmq context and
no V8: none of the three survives a fork.
"""

from __future__ import annotations

import gc
import os

# Before anything imports numpy: a thread of linear algebra would be lost in the fork.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from scorelib.build.make import import_all  # noqa: E402 - see above

import_all()
# What is there now stays, so there is no use in looking through it for garbage again and again.
gc.freeze()
