"""Faults that are switched on from outside, while the demo runs.

A fault is on while a file of its name is in /faults, for every worker at once:

    docker compose exec demo-fastmcp touch /faults/slow
    docker compose exec demo-fastmcp rm /faults/slow
"""

import asyncio
import os
import pathlib

from fastmcp.exceptions import ToolError

FAULTS = pathlib.Path(os.environ.get("FAULTS_DIRECTORY", "/faults"))

SLOW = "slow"  # every tool call takes 400 ms more
ERRORS = "errors"  # one call in five fails with an error of the tool
DEADLOCKS = "deadlocks"  # batches end with the database's word for a deadlock
MEMORY = "memory"  # each call leaves 64 KiB behind
CONNECTIONS = "connections"  # one call in twenty keeps its connection to the database

_kept = []


def is_on(fault):
    """Whether a fault is switched on now."""
    return (FAULTS / fault).exists()


async def before_call(number):
    """What the faults do to the call of this number, before its tool runs."""
    if is_on(SLOW):
        await asyncio.sleep(0.4)
    if is_on(MEMORY):
        _kept.append(bytearray(os.urandom(64 * 1024)))
    if is_on(ERRORS) and number % 5 == 0:
        raise ToolError("internal error: failed on request (faults/errors)")
