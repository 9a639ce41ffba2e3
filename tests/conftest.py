"""What every test shares."""

from hypothesis import HealthCheck, settings

# Two workers share two cores with whatever else the machine does: a slow example is no failure.
settings.register_profile(
    "suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("suite")
