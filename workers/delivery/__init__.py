"""How what we have to say leaves the house."""
