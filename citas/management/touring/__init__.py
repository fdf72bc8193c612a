"""A walk through every list of the administration, timed: `manage.py bench_admin`."""
