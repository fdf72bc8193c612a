#!/usr/bin/env python3
"""Every command of Citas: `manage.py help` lists them."""

import os
import sys

# These need no database, so no server is started for them. `serve` starts its own.
WITHOUT_DATABASE = {"help", "version", "serve", "check", "collectstatic", "compilemessages", "findstatic"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citas.settings")
    os.environ.setdefault("CITAS_ENV", "development")
    from citas.environment import ConfigurationError, Environment

    try:
        env = Environment.read(os.environ)
        if needs_database(sys.argv[1:]):
            from citas.db import configuration

            configuration.ready(env)
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except ConfigurationError as error:
        sys.exit(f"citas: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def needs_database(words: list[str]) -> bool:
    return bool(words) and words[0] not in WITHOUT_DATABASE and not {"--help", "-h", "--version"} & set(words)


if __name__ == "__main__":
    main()
