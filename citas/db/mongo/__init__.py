"""MongoDB as an engine of Django's: the official backend, mended where its queries would read whole collections."""
