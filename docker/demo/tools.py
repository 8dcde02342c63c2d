"""The four tools of the benchmark document over PostgreSQL, Redis and a weather service."""

import contextlib
import itertools
import json
import os
import statistics
from typing import Annotated

import asyncpg
import httpx2 as httpx
import redis.asyncio as redis
from fastmcp.exceptions import ToolError
from pydantic import BaseModel, Field

import faults

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# The document's pool: 100 connections, 25 for each of 4 workers.
POOL_SIZE = int(os.environ.get("POOL_SIZE", "100")) // int(os.environ.get("WEB_CONCURRENCY", "4"))
# Short, so that a cache that has seen every user still misses about a fifth of the time.
USER_CACHED_SECONDS = 20
WEATHER_TIMEOUT_SECONDS = 2.0

USER = """
  SELECT u.id, u.name, u.email, u.plan, u.region, u.profile, u.created_at, coalesce((
    SELECT json_agg(o ORDER BY o.placed_at DESC) FROM orders o WHERE o.user_id = u.id), '[]') AS orders
  FROM users u WHERE u.id = $1"""

BATCH = """
  INSERT INTO inventory (sku, quantity, price_cents, note)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[])
  ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity, price_cents = excluded.price_cents,
    note = excluded.note, updated_at = now()
  RETURNING sku, quantity"""

CUSTOMERS = """
  SELECT u.name, sum(o.amount_cents * o.quantity) AS cents FROM orders o JOIN users u ON u.id = o.user_id
  WHERE o.region = $1 GROUP BY u.name ORDER BY cents DESC, u.name LIMIT 20"""


class Item(BaseModel):
    """A line of a batch."""

    sku: str
    quantity: int
    priceCents: Annotated[int, Field(ge=0)]
    note: str


class Backends:
    """Connections of one worker to what stands behind the server; opened when first used."""

    def __init__(self):
        self._pool = None
        self._calls = itertools.count(1)
        self._kept = []
        self._cache = redis.from_url(
            os.environ["REDIS_URL"], decode_responses=True, socket_timeout=1, socket_connect_timeout=1
        )
        self.weather = httpx.AsyncClient(base_url=os.environ["WEATHER_URL"], timeout=WEATHER_TIMEOUT_SECONDS)

    async def pool(self):
        """The pool of connections to the database, by way of the sidecar."""
        if self._pool is None:
            with open(os.environ["DATABASE_PASSWORD_FILE"], encoding="utf-8") as file:
                password = file.read().strip()
            self._pool = await asyncpg.create_pool(
                host=os.environ["DATABASE_HOST"],
                port=int(os.environ["DATABASE_PORT"]),
                user="orders",
                database="orders",
                password=password,
                ssl=False,
                min_size=1,
                max_size=POOL_SIZE,
                # The name by which the sidecar's source tells this pool from other sessions.
                server_settings={"application_name": "orders-mcp"},
            )
        return self._pool

    async def cached(self, key):
        """What the cache knows; None where it knows nothing, or is not there itself."""
        try:
            return await self._cache.get(key)
        except redis.RedisError:
            return None

    async def remember(self, key, text):
        """Puts something into the cache; without a cache the next reader asks the database again."""
        with contextlib.suppress(redis.RedisError):
            await self._cache.set(key, text, ex=USER_CACHED_SECONDS)

    async def begin(self):
        """Counts a call, and lets the faults that are on have their way with it."""
        number = next(self._calls)
        await faults.before_call(number)
        if faults.is_on(faults.CONNECTIONS) and number % 20 == 0:
            self._kept.append(await (await self.pool()).acquire(timeout=5))

    async def close(self):
        """Closes what was opened."""
        await self._cache.aclose()
        await self.weather.aclose()
        if self._pool is not None:
            self._pool.terminate()


def register(mcp, backends):
    """Gives a server the four tools."""

    @mcp.tool(annotations={"readOnlyHint": True})
    async def get_user(user_id: Annotated[str, Field(pattern=r"^\d{1,9}$")]) -> str:
        """One user with profile and orders."""
        await backends.begin()
        known = await backends.cached(f"user:{user_id}")
        if known is not None:
            return known
        row = await (await backends.pool()).fetchrow(USER, int(user_id))
        if row is None:
            raise ToolError(f"user {user_id}: not found")
        text = json.dumps({**row, "profile": json.loads(row["profile"]), "orders": json.loads(row["orders"])}, default=str)
        await backends.remember(f"user:{user_id}", text)
        return text

    @mcp.tool(annotations={"readOnlyHint": True})
    async def generate_report(region: str) -> str:
        """Revenue of a region over the twelve months of a year."""
        await backends.begin()
        async with (await backends.pool()).acquire() as connection:
            plans = await connection.fetch("SELECT plan, count(*) FROM users WHERE region = $1 GROUP BY plan", region)
            statuses = await connection.fetch(
                "SELECT status, count(*) FROM orders WHERE region = $1 GROUP BY status", region
            )
            lines = [f"Report for {region}", f"Users: {dict(plans)}", f"Orders: {dict(statuses)}"]
            for month, name in enumerate(MONTHS):
                orders = await connection.fetch(
                    "SELECT quantity, amount_cents FROM orders WHERE region = $1 AND month = $2", region, month
                )
                amounts = [row["quantity"] * row["amount_cents"] for row in orders]
                median = statistics.median(amounts) / 100 if amounts else 0
                lines.append(f"{name}: {len(amounts)} orders, {sum(amounts) / 100:.2f} EUR, median {median:.2f}")
            customers = await connection.fetch(CUSTOMERS, region)
        lines.append(", ".join(f"{row['name']} {row['cents'] / 100:.2f}" for row in customers))
        return "\n".join(lines)

    @mcp.tool(annotations={"readOnlyHint": True, "openWorldHint": True})
    async def fetch_weather(city: str) -> str:
        """Forecast for a city from the weather service."""
        await backends.begin()
        try:
            answer = await backends.weather.get("/forecast", params={"city": city})
        except httpx.TimeoutException:
            raise ToolError(f"weather service: connection timeout, want an answer within {WEATHER_TIMEOUT_SECONDS} s")
        if answer.status_code != 200:
            raise ToolError(f"weather service: want status 200, got {answer.status_code}")
        return answer.text

    @mcp.tool
    async def process_batch(items: Annotated[list[Item], Field(min_length=1, max_length=1000)]) -> str:
        """Writes a batch of items to the inventory."""
        await backends.begin()
        if faults.is_on(faults.DEADLOCKS):
            raise ToolError("ERROR: deadlock detected (faults/deadlocks)")
        # One statement may touch a row only once: of two items with the same sku the later one counts. In one
        # order for everybody, or two batches could wait for each other.
        lines = sorted({item.sku: item for item in items}.values(), key=lambda item: item.sku)
        rows = await (await backends.pool()).fetch(
            BATCH,
            [item.sku for item in lines],
            [item.quantity for item in lines],
            [item.priceCents for item in lines],
            [item.note for item in lines],
        )
        return json.dumps({"processed": len(items), "written": len(rows)})
