"""A small FastMCP server for tests, stateless so that any uvicorn worker can answer any request."""

import asyncio
import os

from fastmcp import FastMCP
from fastmcp.exceptions import ToolError

mcp = FastMCP("fastmcp-test")


@mcp.tool
def add(a: int, b: int) -> int:
    """Adds two integers."""
    return a + b


@mcp.tool
async def wait(milliseconds: int) -> str:
    """Answers after a pause."""
    await asyncio.sleep(milliseconds / 1000)
    return f"waited {milliseconds} ms"


@mcp.tool
def fail() -> str:
    """Fails as a tool does: a result with isError."""
    raise ToolError("the tool failed on purpose")


@mcp.tool
def worker() -> int:
    """Process id of the worker that answered."""
    return os.getpid()


@mcp.resource("notes://today")
def today() -> str:
    """A note."""
    return "nothing to do"


@mcp.prompt
def greet(name: str) -> str:
    """A greeting."""
    return f"Say hello to {name}."


app = mcp.http_app(path="/mcp", stateless_http=True)
