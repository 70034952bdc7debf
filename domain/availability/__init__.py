"""What is free: claims on resources, slots, and why a start is refused."""
