"""The catalog's verbs: businesses, services."""

from domain.catalog.service.businesses import business_of, create_business, list_businesses
from domain.catalog.service.services import create_service, list_services, service_of

__all__ = [
    "business_of",
    "create_business",
    "create_service",
    "list_businesses",
    "list_services",
    "service_of",
]
