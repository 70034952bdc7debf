// What the TypeScript of the document is good for: register, look at what is offered, and book.
import createClient from "openapi-fetch";
import type { components, paths } from "./aionbooking";

type Booking = components["schemas"]["BookingView"];

export async function book(server: string, slug: string, startsAt: string): Promise<Booking> {
    const api = createClient<paths>({ baseUrl: server });

    const registered = await api.POST("/api/auth/register", {
        body: { email: "bo@example.com", password: "correct horse battery", name: "Bo Eze" },
    });
    if (registered.error) throw new Error(registered.error.detail);
    const headers = { Authorization: `Bearer ${registered.data.access_token}` };

    const business = await api.GET("/api/businesses/{slug}", { params: { path: { slug } }, headers });
    if (business.error) throw new Error(business.error.detail);
    const business_id = business.data.id;

    const services = await api.GET("/api/services", { params: { query: { business_id } }, headers });
    if (services.error) throw new Error(services.error.detail);
    const [service] = services.data.data;
    if (service === undefined) throw new Error(`${business.data.name} offers nothing`);

    const booked = await api.POST("/api/bookings", {
        body: { business_id, service_id: service.id, starts_at: startsAt },
        params: { header: { "Idempotency-Key": crypto.randomUUID(), Prefer: "wait=10" } },
        headers,
    });
    if (booked.error) throw new Error(booked.error.alternatives?.[0]?.starts_at ?? booked.error.detail);
    return booked.data;
}
