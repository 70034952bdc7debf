"""Who comes when: bookings from their request to their end."""
