"""What the cases of every single run have to meet, and how often at least; see `features` for what the words mean.

The numbers are half or less of what is usual: hypothesis takes constants from whatever else is imported, so that the same
seed draws other worlds beside other tests.
"""

from collections.abc import Mapping

CHANGES = (
    *("Europe/Berlin", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "America/Caracas"),
    *("Asia/Pyongyang", "Asia/Kathmandu", "Antarctica/Troll", "Antarctica/Casey", "America/Sao_Paulo"),
    *("America/Havana", "Atlantic/Azores", "America/St_Johns", "America/Goose_Bay", "Africa/Casablanca"),
    *("America/Metlakatla", "Pacific/Apia", "Pacific/Kwajalein"),
)

SEEN: Mapping[str, int] = {
    **{f"clocks change in {zone}": 1 for zone in CHANGES},
    # clocks
    "a gap of 15": 3,
    "a gap of 30": 20,
    "a gap of 60": 100,
    "a gap of 120": 20,
    "a fold of 30": 20,
    "a fold of 60": 100,
    "a fold of 120": 20,
    "a fold of 1380": 5,
    "a gap at midnight": 50,
    "midnight read twice": 50,
    "a date that is left for the one before": 30,
    "a date that was skipped": 30,
    "a viewer's date that was skipped": 5,
    "a slot over a change of clocks": 20,
    "a slot in a second pass": 20,
    "a slot seen over the date line": 5,
    # hours
    "a block into the next day": 300,
    "a block that ends where it starts": 20,
    "a block until 24:00": 100,
    "a block until 23:59": 50,
    "a block that starts in a gap": 20,
    "a block that ends in a gap": 20,
    "a block that starts at a repeated time": 20,
    "a block that ends at a repeated time": 20,
    "a block that the clocks leave empty": 1,
    "a block that the clocks turn round": 3,
    "blocks that overlap": 100,
    "blocks that touch": 50,
    "an override": 200,
    "an override that closes": 80,
    "a slot over midnight": 80,
    "a slot in the tail of last night": 5,
    # the service
    "a buffer before": 300,
    "a buffer after": 300,
    "a notice": 300,
    "places held at first": 100,
    "a window of today": 30,
    "a window of days": 100,
    "seats": 300,
    "a limit a day": 300,
    "a party": 80,
    "a slot with some seats taken": 5,
    "a slot that starts now": 3,
    "a slot as soon as the notice allows": 10,
    # who serves
    "several resources": 300,
    "all together": 80,
    "2 roles": 300,
    "3 roles": 30,
    "a role that nobody fills": 50,
    "a resource named": 50,
    "schedules of several zones": 50,
    "a schedule in another zone than the business": 200,
    "a viewer in another zone than the business": 300,
    "a booking of another service": 200,
    "a booking of several resources": 100,
    "a slot where a hold has lapsed": 20,
    # answers, of which neither kind may be rare
    "some slots": 500,
    "no slot": 400,
    **{f"refused: {code}": 80 for code in ("in_the_past", "too_soon", "beyond_window", "closed_override")},
    **{f"refused: {code}": 80 for code in ("outside_hours", "off_grid", "time_off", "day_limit_reached")},
    "refused: slot_taken": 80,
    **{f"decided: {code}": 30 for code in ("in_the_past", "too_soon", "beyond_window", "closed_override")},
    **{f"decided: {code}": 30 for code in ("outside_hours", "off_grid", "time_off", "day_limit_reached")},
    "decided: slot_taken": 30,
    "decided: granted": 300,
    "taken: busy": 80,
    "taken: buffer": 80,
    "taken: capacity": 80,
    "waived notice": 100,
    "waived window": 100,
    "waived hours": 100,
}
