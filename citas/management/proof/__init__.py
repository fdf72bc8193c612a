"""The proof that two rivals never get one slot: `manage.py prove_booking`."""
