"""What is sold: businesses, services, resources and their schedules."""
