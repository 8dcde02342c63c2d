"""A FastMCP server over stdio with a tool that asks the database of DATABASE_URL."""

import os

import psycopg
from fastmcp import FastMCP

mcp = FastMCP("database-test")


@mcp.tool
def count(number: int) -> int:
    """Counts to a number in the database, in a transaction."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return connection.execute("SELECT count(*) FROM generate_series(1, %s)", [number]).fetchone()[0]


if __name__ == "__main__":
    mcp.run(show_banner=False)
