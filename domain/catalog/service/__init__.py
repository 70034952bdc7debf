"""The catalog's verbs: businesses, services, resources, schedules, time off."""

from domain.catalog.service.businesses import (
    archive_business,
    business_name,
    business_of,
    business_to_change,
    change_business,
    create_business,
    list_businesses,
)
from domain.catalog.service.changes import NONE_YET, Versions
from domain.catalog.service.feed import events_of
from domain.catalog.service.resources import (
    Changed,
    Offering,
    archive_resource,
    change_resource,
    create_resource,
    list_resources,
    resource_of,
)
from domain.catalog.service.schedules import (
    Place,
    Replaced,
    of_business,
    of_resource,
    remove_schedule,
    replace_schedule,
    schedule_of,
)
from domain.catalog.service.services import (
    Sold,
    archive_service,
    change_service,
    create_service,
    list_services,
    service_of,
)
from domain.catalog.service.time_off import (
    change_time_off,
    create_time_off,
    delete_time_off,
    list_time_off,
    time_off_of,
)

__all__ = [
    "NONE_YET",
    "Changed",
    "Offering",
    "Place",
    "Replaced",
    "Sold",
    "Versions",
    "archive_business",
    "archive_resource",
    "archive_service",
    "business_name",
    "business_of",
    "business_to_change",
    "change_business",
    "change_resource",
    "change_service",
    "change_time_off",
    "create_business",
    "create_resource",
    "create_service",
    "create_time_off",
    "delete_time_off",
    "events_of",
    "list_businesses",
    "list_resources",
    "list_services",
    "list_time_off",
    "of_business",
    "of_resource",
    "remove_schedule",
    "replace_schedule",
    "resource_of",
    "schedule_of",
    "service_of",
    "time_off_of",
]
