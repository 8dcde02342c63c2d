"""Works with a database through asyncpg and prints what it got as JSON: `asyncpg_client.py <url>`.

What a run prints depends on the database alone, so that two runs on fresh tables can be compared.
"""

import asyncio
import io
import json
import sys

import asyncpg


async def failure(awaitable):
    """Name and SQLSTATE of what a statement failed with."""
    try:
        return await awaitable
    except asyncpg.PostgresError as error:
        return [type(error).__name__, error.sqlstate]
    except asyncio.TimeoutError:
        return ["TimeoutError", None]


async def statements(connection):
    yield await connection.execute("DROP TABLE IF EXISTS asyncpg_items")
    yield await connection.execute("CREATE TABLE asyncpg_items (id int PRIMARY KEY, name text)")
    yield await connection.execute("INSERT INTO asyncpg_items VALUES ($1, $2)", 1, "one")
    rows = [(number, f"name {number}") for number in range(2, 102)]
    yield await connection.executemany("INSERT INTO asyncpg_items VALUES ($1, $2)", rows)
    prepared = await connection.prepare("SELECT name FROM asyncpg_items WHERE id = $1")
    yield [await prepared.fetchval(number) for number in (1, 50, 101, 102)]
    yield await connection.execute("UPDATE asyncpg_items SET name = $2 WHERE id = $1", 1, "new")
    yield [tuple(row) for row in await connection.fetch("SELECT * FROM asyncpg_items ORDER BY id LIMIT 3")]
    yield await connection.execute("SELECT 1; SELECT 2; DELETE FROM asyncpg_items WHERE id = 101")


async def copies(connection):
    records = [(number, f"copied {number}") for number in range(1000, 3000)]
    yield await connection.copy_records_to_table("asyncpg_items", records=records)
    out = io.BytesIO()
    query = "SELECT id, name FROM asyncpg_items WHERE id >= 1000 ORDER BY id"
    yield await connection.copy_from_query(query, output=out)
    yield [len(out.getvalue()), out.getvalue()[-20:].decode()]
    broken = [(5000, "first"), (5000, "again")]
    yield await failure(connection.copy_records_to_table("asyncpg_items", records=broken))


async def cursors(connection):
    async with connection.transaction():
        read = []
        async for record in connection.cursor("SELECT id FROM asyncpg_items ORDER BY id", prefetch=1000):
            read.append(record["id"])
        yield [len(read), read[-1]]
    async with connection.transaction():
        cursor = await connection.cursor("SELECT id FROM asyncpg_items ORDER BY id")
        yield [record["id"] for record in await cursor.fetch(2)]
        yield await cursor.forward(10)
        yield (await cursor.fetchrow())["id"]
    try:
        async with connection.transaction(isolation="serializable"):
            await connection.execute("DELETE FROM asyncpg_items")
            raise LookupError
    except LookupError:
        yield await connection.fetchval("SELECT count(*) FROM asyncpg_items")


async def notifications(connection):
    received = asyncio.Queue()
    listener = lambda _connection, _pid, channel, payload: received.put_nowait([channel, payload])
    await connection.add_listener("news", listener)
    await connection.execute("NOTIFY news, 'a message'")
    yield await asyncio.wait_for(received.get(), 10)
    await connection.remove_listener("news", listener)


async def failures(connection):
    yield await failure(connection.fetch("SELECT * FROM no_such_table"))
    yield await failure(connection.fetch("SELEC"))
    yield await failure(connection.fetchval("SELECT 1 / $1::int", 0))
    yield await failure(connection.execute("INSERT INTO asyncpg_items VALUES (1, 'again')"))
    transaction = connection.transaction()
    await transaction.start()
    yield await failure(connection.execute("INSERT INTO asyncpg_items VALUES ($1, 'again')", 1))
    yield await failure(connection.fetchval("SELECT 1"))
    await transaction.rollback()
    # It sends a cancel request on a connection of its own.
    yield await failure(connection.fetchval("SELECT pg_sleep(60)", timeout=0.3))
    yield await connection.fetchval("SELECT 'still there'")


async def main(url):
    connection = await asyncpg.connect(url)
    printed = {}
    for part in (statements, copies, cursors, notifications, failures):
        printed[part.__name__] = [step async for step in part(connection)]
    await connection.close()
    print(json.dumps(printed))


asyncio.run(main(sys.argv[1]))
