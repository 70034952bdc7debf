"""Every task by its name, which is the kind of job that it does; beat's ticks do no job and are listed too."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.kernel.plot import ADVANCE, ALLOCATE, APPLY, BURY, CLOSE, RECONCILE, REPAY, REPLAN, REPLAY
from workers import bookings, maintenance, notifications, payments, provider_events, reminders, webhooks

TASKS: Mapping[str, Callable[..., Any]] = {
    ALLOCATE: bookings.allocate,
    ADVANCE: payments.advance,
    REPAY: payments.repay,
    CLOSE: payments.close,
    RECONCILE: payments.reconcile,
    APPLY: provider_events.apply,
    REPLAN: reminders.replan,
    "notifications.send": notifications.send,
    "webhooks.drain": webhooks.drain,
    REPLAY: webhooks.replay,
    BURY: webhooks.bury,
    "maintenance.relay": maintenance.relay,
    "maintenance.follow_events": maintenance.follow_events,
    "maintenance.heartbeat": maintenance.heartbeat,
    "maintenance.expire_holds": maintenance.expire_holds,
    "maintenance.complete_ended": maintenance.complete_ended,
    "maintenance.look_at_money": maintenance.look_at_money,
    "maintenance.check_money": maintenance.check_money,
    "maintenance.take_stock": maintenance.take_stock,
    "maintenance.settle_feed": maintenance.settle_feed,
    "maintenance.purge": maintenance.purge,
}
