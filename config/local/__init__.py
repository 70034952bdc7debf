"""Local servers: PostgreSQL, Valkey and the Procfile on one machine, with nothing installed beforehand."""
