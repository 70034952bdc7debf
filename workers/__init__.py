"""The muscle: Celery tasks that finish what was accepted."""
