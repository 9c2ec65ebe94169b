"""The journal in PostgreSQL: what it does beyond the journal in a file."""

import psycopg


def test_each_test_has_a_database_of_its_own(postgres_server: str) -> None:
    with psycopg.connect(postgres_server) as connection:
        found = connection.execute("SELECT current_database()").fetchone()
        assert found is not None
        assert postgres_server.endswith(found[0])
