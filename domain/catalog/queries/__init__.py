"""Every SQL statement of the catalog room: businesses, services, resources, hours."""

from domain.catalog.queries.businesses import business, business_by_slug, businesses, insert_business, lane_for_update
from domain.catalog.queries.hours import schedules
from domain.catalog.queries.resources import has_resource, offers, resources_for_update
from domain.catalog.queries.services import service, services, services_by_id

__all__ = [
    "business",
    "business_by_slug",
    "businesses",
    "has_resource",
    "insert_business",
    "lane_for_update",
    "offers",
    "resources_for_update",
    "schedules",
    "service",
    "services",
    "services_by_id",
]
