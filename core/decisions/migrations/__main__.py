"""Brings the journal at the address on standard input to this version: `python -m core.decisions.migrations`.

The address may hold a password, so that it stands neither among the arguments nor in the environment. On failure the
last line on standard output is the code of the problem.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.decisions.database import LOCK, Database, code_of
from core.decisions.engines import WRITES

FOLDER = Path(__file__).resolve().parent


def config_for(database: Database) -> Config:
    """Alembic's configuration, without a file; `env.py` finds the database in it."""
    config = Config()
    # A per cent sign in a path would be read as the beginning of another option.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config


def upgrade(address: str) -> str:
    """Bring the tables to the newest step, one process at a time; returns the code of a problem, or nothing."""
    database = Database(address)
    try:
        config = config_for(database)
        with database.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            if database.dialect == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except CommandError:
        return "journal_newer"
    except SQLAlchemyError as error:
        return code_of(error)
    finally:
        database.close()
    return ""


if __name__ == "__main__":
    logging.disable()
    code = upgrade(sys.stdin.read().strip())
    print(code)
    sys.exit(bool(code))
