"""What is true: rules, rows and verbs of booking."""

import zoneinfo

# Zone rules come from the pinned tzdata package and not from the machine: hosts agree, and a booking's recorded
# tzdata version is the one that was used.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
