"""How many examples the property tests try: HYPOTHESIS_PROFILE=thorough for the long form (`make thorough`)."""

import os

from hypothesis import HealthCheck, settings

# No deadline: two cores shared with a database and a browser make single examples slow without meaning anything.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile(
    "thorough", max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
