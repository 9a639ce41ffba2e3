"""What every test shares."""

import os

from hypothesis import HealthCheck, settings

# Two workers share two cores with whatever else the machine does: a slow example is no failure.
settings.register_profile(
    "suite",
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
# HYPOTHESIS_PROFILE=deep looks longer, for whoever has changed what a property is about.
settings.register_profile("deep", settings.get_profile("suite"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
