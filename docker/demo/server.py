"""The benchmark document's standard configuration: a FastMCP server for uvicorn, at /mcp.

It keeps no sessions, so that any worker can answer any request.
"""

import contextlib

from fastmcp import FastMCP
from starlette.responses import PlainTextResponse

import tools

backends = tools.Backends()


@contextlib.asynccontextmanager
async def lifespan(_server):
    yield
    await backends.close()


mcp = FastMCP("orders-mcp", lifespan=lifespan)
tools.register(mcp, backends)


@mcp.custom_route("/health", methods=["GET"])
async def health(_request):
    """Whether this worker answers; what stands behind it is for probes to say."""
    return PlainTextResponse("ok")


app = mcp.http_app(path="/mcp", stateless_http=True)
