"""Works with a database through psycopg 3 and prints what it got as JSON: `psycopg_client.py <url>`.

What a run prints depends on the database alone, so that two runs on fresh tables can be compared.
"""

import json
import sys
import threading

import psycopg


def failure(work):
    """Name and SQLSTATE of what a statement failed with."""
    try:
        return work()
    except psycopg.Error as error:
        return [type(error).__name__, error.sqlstate]


def statements(connection):
    connection.execute("DROP TABLE IF EXISTS psycopg_items")
    connection.execute("CREATE TABLE psycopg_items (id int PRIMARY KEY, name text)")
    with connection.cursor() as cursor:
        # psycopg makes a pipeline of it.
        rows = [(number, f"name {number}") for number in range(100)]
        cursor.executemany("INSERT INTO psycopg_items VALUES (%s, %s)", rows)
        yield cursor.rowcount
    query = "SELECT name FROM psycopg_items WHERE id = %s"
    yield [connection.execute(query, [number], prepare=True).fetchone() for number in (1, 50, 99, 100)]


def pipelines(connection):
    with connection.pipeline() as pipeline, connection.transaction():
        cursors = [connection.execute("SELECT %s::int * 2", [number]) for number in range(20)]
        connection.execute("UPDATE psycopg_items SET name = 'piped' WHERE id < %s", [5])
        pipeline.sync()
        yield [cursor.fetchone()[0] for cursor in cursors]

    def broken():
        with connection.pipeline():
            # All of it is sent before the first answer comes.
            connection.execute("SELECT pg_sleep(0.3)")
            connection.execute("INSERT INTO psycopg_items VALUES (200, 'lost with the error')")
            connection.execute("SELECT 1 / %s::int", [0])
            # The server passes over it.
            connection.execute("DELETE FROM psycopg_items")

    yield failure(broken)
    yield connection.execute("SELECT count(*) FROM psycopg_items").fetchone()


def cursors(connection):
    with connection.transaction(), connection.cursor(name="server_side") as cursor:
        cursor.execute("SELECT id FROM psycopg_items ORDER BY id")
        yield cursor.fetchmany(3)
        yield len(cursor.fetchall())


def copies(connection):
    with connection.cursor() as cursor:
        with cursor.copy("COPY psycopg_items FROM STDIN") as copy:
            for number in range(1000, 3000):
                copy.write_row((number, f"copied {number}"))
        yield cursor.rowcount
        with cursor.copy("COPY (SELECT * FROM psycopg_items ORDER BY id) TO STDOUT (FORMAT binary)") as copy:
            yield sum(len(block) for block in copy)

        def given_up():
            with cursor.copy("COPY psycopg_items FROM STDIN") as copy:
                copy.write_row((9000, "never"))
                raise psycopg.DataError("the client changes its mind")

        yield failure(given_up)
        yield cursor.execute("SELECT count(*) FROM psycopg_items").fetchone()


def notifications(connection):
    connection.execute("LISTEN news")
    connection.execute("NOTIFY news, 'a message'")
    yield [(note.channel, note.payload) for note in connection.notifies(timeout=10, stop_after=1)]
    connection.execute("UNLISTEN news")


def cancelling(connection):
    canceler = threading.Timer(0.5, connection.cancel_safe)
    canceler.start()
    yield failure(lambda: connection.execute("SELECT pg_sleep(60)"))
    canceler.join()
    yield connection.execute("SELECT 'still there'").fetchone()


def two_phases(connection):
    connection.autocommit = False
    xid = connection.xid(42, "global", "branch")
    for number, end in ((7000, connection.tpc_commit), (7001, connection.tpc_rollback)):
        connection.tpc_begin(xid)
        connection.execute("INSERT INTO psycopg_items VALUES (%s, 'in two phases')", [number])
        connection.tpc_prepare()
        end()
    connection.autocommit = True
    yield connection.execute("SELECT count(*) FROM psycopg_items WHERE id >= 7000").fetchone()


def failures(connection):
    yield failure(lambda: connection.execute("SELECT * FROM no_such_table"))
    yield failure(lambda: connection.execute("INSERT INTO psycopg_items VALUES (1, 'again')"))

    def in_a_failed_transaction():
        with connection.transaction():
            failure(lambda: connection.execute("SELEC"))
            connection.execute("SELECT 1")

    yield failure(in_a_failed_transaction)


PARTS = (statements, pipelines, cursors, copies, notifications, cancelling, two_phases, failures)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    print(json.dumps({part.__name__: list(part(connection)) for part in PARTS}))
