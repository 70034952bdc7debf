"""The story that the examples of the OpenAPI document tell, of one salon and one customer.

Ada opens a salon in Lagos, with a chair and with Bisi, who works at it. Bo books a haircut for Monday, 16 March 2026 at
14:00 and pays ₦4,500 by Paystack; asks for another day, and is told of it all by mail, as Ada's till is by webhooks.
"""
