"""Moving a clinic from one database to another: `manage.py transfer`, `manage.py bench_transfer`."""
