"""Who may do what: one line for every operation that asks who one is."""

CALLERS = ("stranger", "staff", "admin", "owner", "key", "guest")
PUBLIC = {
    *("POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/token"),
    *("POST /api/auth/password/forgot", "POST /api/auth/password/reset", "POST /api/auth/email/verify"),
    "POST /api/auth/account-link",
    *("POST /api/auth/invitations/register", "POST /api/auth/booking-link"),
}
"""They ask nobody who they are."""

TABLE = """
POST   /api/auth/logout                          204 204 204 204 403 403
POST   /api/auth/logout-all                      204 204 204 204 403 403
POST   /api/auth/password                        204 204 204 204 403 403
POST   /api/auth/email/verification              202 202 202 202 202 403
POST   /api/auth/invitations/accept              403 403 403 200 403 403
GET    /api/auth/sessions                        200 200 200 200 403 403
DELETE /api/auth/sessions/{session_id}           404 404 404 204 403 403
GET    /api/auth/me                              200 200 200 200 200 403
PATCH  /api/auth/me                              200 200 200 200 200 403
GET    /api/api-keys                             200 200 200 200 403 403
POST   /api/api-keys                             201 201 201 201 403 403
GET    /api/api-keys/{key_id}                    404 404 404 200 403 403
DELETE /api/api-keys/{key_id}                    404 404 404 204 403 403
POST   /api/api-keys/{key_id}/rotate             404 404 404 201 403 403
GET    /api/businesses                           200 200 200 200 200 403
POST   /api/businesses                           201 201 201 201 201 403
GET    /api/businesses/{slug}                    200 200 200 200 200 403
PATCH  /api/businesses/{slug}                    403 403 200 200 200 403
DELETE /api/businesses/{slug}                    403 403 403 200 200 403
GET    /api/businesses/{slug}/members            403 200 200 200 200 403
POST   /api/businesses/{slug}/members            403 403 201 201 201 403
GET    /api/businesses/{slug}/members/{user_id}  403 200 200 200 200 403
PATCH  /api/businesses/{slug}/members/{user_id}  403 403 200 200 403 403
DELETE /api/businesses/{slug}/members/{user_id}  403 403 204 204 204 403
GET    /api/businesses/{slug}/invitations        403 403 200 200 200 403
POST   /api/businesses/{slug}/invitations        403 403 201 201 201 403
DELETE /api/businesses/{slug}/invitations/{invitation_id} 403 403 204 204 204 403
GET    /api/businesses/{slug}/provider-accounts  403 403 403 200 200 403
POST   /api/businesses/{slug}/provider-accounts  403 403 403 201 201 403
PATCH  /api/businesses/{slug}/provider-accounts/{account_id} 403 403 403 200 200 403
DELETE /api/businesses/{slug}/provider-accounts/{account_id} 403 403 403 204 204 403
GET    /api/businesses/{slug}/message-settings   403 200 200 200 200 403
PATCH  /api/businesses/{slug}/message-settings   403 403 200 200 200 403
GET    /api/businesses/{slug}/reminder-rules     403 200 200 200 200 403
PUT    /api/businesses/{slug}/reminder-rules     403 403 200 200 200 403
GET    /api/businesses/{slug}/message-templates  403 200 200 200 200 403
GET    /api/businesses/{slug}/message-templates/{kind}/{language} 403 200 200 200 200 403
PUT    /api/businesses/{slug}/message-templates/{kind}/{language} 403 403 200 200 200 403
DELETE /api/businesses/{slug}/message-templates/{kind}/{language} 403 403 204 204 204 403
POST   /api/businesses/{slug}/message-templates/preview           403 200 200 200 200 403
GET    /api/businesses/{slug}/schedule           200 200 200 200 200 403
PUT    /api/businesses/{slug}/schedule           403 403 200 200 200 403
GET    /api/services                             200 200 200 200 200 403
POST   /api/services                             403 403 201 201 201 403
GET    /api/services/{service_id}                200 200 200 200 200 403
PATCH  /api/services/{service_id}                403 403 200 200 200 403
DELETE /api/services/{service_id}                403 403 200 200 200 403
GET    /api/resources                            200 200 200 200 200 403
POST   /api/resources                            403 403 201 201 201 403
GET    /api/resources/{resource_id}              200 200 200 200 200 403
PATCH  /api/resources/{resource_id}              403 403 200 200 200 403
DELETE /api/resources/{resource_id}              403 403 200 200 200 403
GET    /api/resources/{resource_id}/schedule     200 200 200 200 200 403
PUT    /api/resources/{resource_id}/schedule     403 403 200 200 200 403
DELETE /api/resources/{resource_id}/schedule     403 403 200 200 200 403
GET    /api/time-off                             403 200 200 200 200 403
POST   /api/time-off                             403 403 201 201 201 403
GET    /api/time-off/{time_off_id}               404 200 200 200 200 403
PATCH  /api/time-off/{time_off_id}               404 403 200 200 200 403
DELETE /api/time-off/{time_off_id}               404 403 204 204 204 403
GET    /api/availability                         200 200 200 200 200 403
GET    /api/availability/explain                 200 200 200 200 200 403
GET    /api/bookings                             200 200 200 200 200 403
POST   /api/bookings                             202 202 202 202 202 403
GET    /api/bookings/{booking_id}                404 200 200 200 200 200
PATCH  /api/bookings/{booking_id}/status         404 403 200 200 200 200
GET    /api/bookings/{booking_id}/history        404 200 200 200 200 403
POST   /api/bookings/{booking_id}/reschedule     404 403 202 202 202 202
GET    /api/bookings/{booking_id}/cancellation-quote 404 403 200 200 200 200
POST   /api/bookings/{booking_id}/manage-link    404 403 200 200 200 403
DELETE /api/bookings/{booking_id}/manage-link    404 403 204 204 204 403
GET    /api/bookings/{booking_id}/calendar.ics   404 200 200 200 200 200
GET    /api/bookings/{booking_id}/reminders      404 200 200 200 200 200
PUT    /api/bookings/{booking_id}/reminders      404 403 403 403 403 200
GET    /api/calendar-feeds                       200 200 200 200 403 403
POST   /api/calendar-feeds                       201 201 201 201 403 403
POST   /api/calendar-feeds/{feed_id}/rotate      404 404 404 201 403 403
DELETE /api/calendar-feeds/{feed_id}             404 404 404 204 403 403
POST   /api/payments/stripe/create-payment-intent 404 403 202 202 202 404
POST   /api/payments/paystack/initialize         404 403 202 202 202 404
POST   /api/payments/offline                     404 403 201 201 201 403
GET    /api/payments                             200 200 200 200 200 403
GET    /api/payments/{payment_id}                404 200 200 200 200 404
POST   /api/payments/{payment_id}/refunds        404 403 201 201 201 403
GET    /api/payments/{payment_id}/refunds        404 200 200 200 200 403
POST   /api/payments/{payment_id}/review         404 403 200 200 200 403
GET    /api/notifications                        200 200 200 200 200 403
GET    /api/notifications/{notification_id}      404 200 200 200 200 403
POST   /api/notifications/{notification_id}/resend 404 403 201 201 201 403
GET    /api/events                               403 200 200 200 200 403
GET    /api/webhook-endpoints                    403 403 200 200 200 403
POST   /api/webhook-endpoints                    403 403 201 201 201 403
GET    /api/webhook-endpoints/{endpoint_id}      404 403 200 200 200 403
PATCH  /api/webhook-endpoints/{endpoint_id}      404 403 200 200 200 403
DELETE /api/webhook-endpoints/{endpoint_id}      404 403 204 204 204 403
POST   /api/webhook-endpoints/{endpoint_id}/disable 404 403 200 200 200 403
POST   /api/webhook-endpoints/{endpoint_id}/enable 404 403 200 200 200 403
POST   /api/webhook-endpoints/{endpoint_id}/rotate-secret 404 403 200 200 200 403
POST   /api/webhook-endpoints/{endpoint_id}/test 404 403 202 202 202 403
POST   /api/webhook-endpoints/{endpoint_id}/replay 404 403 202 202 202 403
GET    /api/webhook-deliveries                   403 403 200 200 200 403
GET    /api/webhook-deliveries/{delivery_id}     404 403 200 200 200 403
POST   /api/webhook-deliveries/{delivery_id}/redeliver 404 403 202 202 202 403
GET    /api/audit-entries                        403 403 200 200 200 403
GET    /api/audit-entries/{audit_entry_id}       404 403 200 200 200 403
GET    /api/system/audit-entries                 403 403 403 403 403 403
POST   /api/payments/reconciliation              403 403 202 202 202 403
GET    /api/payments/reconciliation              403 403 200 200 200 403
POST   /api/payments/{payment_id}/refunds/{refund_id}/resolve 404 403 200 200 200 403
GET    /api/payments/disputes                    403 403 200 200 200 403
GET    /api/payments/ledger                      403 403 200 200 200 403
GET    /api/system/invariants                    403 403 403 403 403 403
GET    /api/system/provider-events               403 403 403 403 403 403
GET    /api/system/provider-events/{provider_event_id}        403 403 403 403 403 403
POST   /api/system/provider-events/{provider_event_id}/replay 403 403 403 403 403 403
"""
"""The status that each of CALLERS is answered with: somebody of no business or of another, the members, a key, and who has the manage link of a booking."""

OTHERS = (
    ("POST /api/resources", "body", "service_ids"),
    ("POST /api/resources", "body", "user_id"),
    ("PATCH /api/resources/{resource_id}", "body", "service_ids"),
    ("PATCH /api/resources/{resource_id}", "body", "user_id"),
    ("POST /api/bookings", "body", "service_id"),
    ("POST /api/bookings", "body", "resource_id"),
    ("POST /api/bookings/{booking_id}/reschedule", "body", "resource_id"),
    ("GET /api/resources", "query", "service_id"),
    ("GET /api/availability", "query", "resource_id"),
    ("GET /api/availability", "query", "reschedule_of"),
    ("GET /api/availability/explain", "query", "resource_id"),
    ("GET /api/availability/explain", "query", "reschedule_of"),
    ("GET /api/time-off", "query", "resource_id"),
    ("GET /api/businesses/{slug}/members/{user_id}", "path", "user_id"),
    ("PATCH /api/businesses/{slug}/members/{user_id}", "path", "user_id"),
    ("DELETE /api/businesses/{slug}/members/{user_id}", "path", "user_id"),
)
"""Where an id of somebody else's can stand beside one's own."""


def rows() -> dict[str, dict[str, int]]:
    """Return the table: by operation, the status by caller."""
    lines = (line.split() for line in TABLE.strip().splitlines())
    return {f"{method} {path}": dict(zip(CALLERS, map(int, told), strict=True)) for method, path, *told in lines}
