"""``python -m vigie``."""

from vigie.cli.main import main

if __name__ == "__main__":
    main()
