"""An MCP server like that of the benchmark document: FastMCP under uvicorn, PostgreSQL, Redis, and its four tools.

    pip install fastmcp uvicorn asyncpg redis
    DATABASE_URL=postgres://user:password@127.0.0.1/bench REDIS_URL=redis://127.0.0.1 \
        uvicorn --app-dir examples benchmark_server:app --port 8000 --workers 4 --log-level warning

It makes and fills its table of users by itself. The call of an external API is a pause of its length.
"""

import asyncio
import json
import os
import random
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import redis.asyncio as redis
from fastmcp import FastMCP
from pydantic import Field

USERS = 10_000
CACHE_SECONDS = 300
POOL_SIZE = int(os.environ.get("POOL_SIZE", "25"))

UserId = Annotated[int, Field(ge=1, le=USERS)]

pool: asyncpg.Pool
cache: redis.Redis


async def prepare() -> None:
    async with pool.acquire() as connection:
        # Every worker starts at the same time; one of them fills the table.
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(850)")
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text NOT NULL, team int NOT NULL, score int NOT NULL)"
            )
            await connection.execute(
                "INSERT INTO users SELECT n, 'user ' || n, n % 15, n % 97 FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING",
                USERS,
            )


@asynccontextmanager
async def lifespan(_server: FastMCP):
    global pool, cache
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=POOL_SIZE)
    cache = redis.from_url(os.environ.get("REDIS_URL", "redis://127.0.0.1"))
    await prepare()
    try:
        yield
    finally:
        await pool.close()
        await cache.aclose()


mcp = FastMCP("benchmark-server", lifespan=lifespan)


@mcp.tool(annotations={"readOnlyHint": True})
async def get_user(user_id: UserId) -> dict:
    """One query, cached for five minutes."""
    key = f"user:{user_id}"
    if (known := await cache.get(key)) is not None:
        return json.loads(known)
    row = await pool.fetchrow("SELECT id, name, team, score FROM users WHERE id = $1", user_id)
    user = dict(row)
    await cache.set(key, json.dumps(user), ex=CACHE_SECONDS)
    return user


@mcp.tool(annotations={"readOnlyHint": False, "destructiveHint": False, "idempotentHint": True})
async def update_user(user_id: UserId, score: Annotated[int, Field(ge=0, le=96)]) -> dict:
    """One write; the cached copy is refreshed behind it."""
    row = await pool.fetchrow(
        "UPDATE users SET score = $2 WHERE id = $1 RETURNING id, name, team, score", user_id, score
    )
    user = dict(row)
    await cache.set(f"user:{user_id}", json.dumps(user), ex=CACHE_SECONDS)
    return user


@mcp.tool(annotations={"readOnlyHint": True})
async def generate_report(team: Annotated[int, Field(ge=0, le=14)]) -> dict:
    """Fifteen queries and an aggregation."""
    scores: list[int] = []
    async with pool.acquire() as connection:
        for offset in range(15):
            rows = await connection.fetch(
                "SELECT score FROM users WHERE team = $1 ORDER BY score", (team + offset) % 15
            )
            scores.extend(row["score"] for row in rows)
    scores.sort()
    return {"team": team, "users": len(scores), "mean": sum(scores) / len(scores), "median": scores[len(scores) // 2]}


@mcp.tool(annotations={"readOnlyHint": True, "openWorldHint": True})
async def fetch_weather(city: Annotated[str, Field(min_length=1, max_length=40)]) -> dict:
    """An external API that takes 650 ms on average."""
    await asyncio.sleep(random.lognormvariate(-0.45, 0.2))
    return {"city": city, "celsius": random.randint(-10, 35)}


@mcp.tool(annotations={"readOnlyHint": False, "destructiveHint": False})
async def process_batch(items: Annotated[list[UserId], Field(min_length=1, max_length=500)]) -> dict:
    """One write for each item, in one transaction and in the order of the rows, so that batches cannot block each other for good."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.executemany("UPDATE users SET score = (score + 1) % 97 WHERE id = $1", [(item,) for item in sorted(items)])
    return {"processed": len(items)}


app = mcp.http_app(stateless_http=os.environ.get("STATELESS", "1") == "1")
