"""Celery's settings. PostgreSQL is the queue of record; messages are nudges that may be lost, doubled or late."""

# A task is acknowledged when it has run, so a worker that dies gives its message back. A task that kills its worker
# would then loop for ever: the attempts on its job's row stop it.
task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = 60
task_soft_time_limit = 50
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 1000
worker_soft_shutdown_timeout = 25
worker_hijack_root_logger = False
worker_send_task_events = False
worker_enable_remote_control = False

# No task, prefetch wait or countdown comes near this, or Redis would deliver a running task a second time.
broker_transport_options = {
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
    # Without these a publish blocks for seconds while Redis is down, even with retry=False.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "socket_keepalive": True,
}
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_pool_limit = 4

task_ignore_result = True
task_serializer = "json"
accept_content = ["json"]
# A task without a queue of its own is a mistake that must not wait in a queue nobody reads.
task_create_missing_queues = False
task_default_queue = "maintenance"
enable_utc = True
timezone = "UTC"

# Ticks are short and safe to repeat; an expired one is dropped, because the next is on its way.
beat_schedule = {
    "relay": {"task": "maintenance.relay", "schedule": 1.0, "options": {"expires": 1}},
    "events": {"task": "maintenance.follow_events", "schedule": 1.0, "options": {"expires": 1}},
    "heartbeat": {"task": "maintenance.heartbeat", "schedule": 2.0, "options": {"expires": 2}},
    "holds": {"task": "maintenance.expire_holds", "schedule": 10.0, "options": {"expires": 10}},
    "ended": {"task": "maintenance.complete_ended", "schedule": 60.0, "options": {"expires": 60}},
    "money": {"task": "maintenance.look_at_money", "schedule": 10.0, "options": {"expires": 10}},
    "money_check": {"task": "maintenance.check_money", "schedule": 300.0, "options": {"expires": 300}},
    "stock": {"task": "maintenance.take_stock", "schedule": 300.0, "options": {"expires": 300}},
    "feed": {"task": "maintenance.settle_feed", "schedule": 10.0, "options": {"expires": 10}},
    "purge": {"task": "maintenance.purge", "schedule": 3600.0, "options": {"expires": 3600}},
}
beat_max_loop_interval = 1
