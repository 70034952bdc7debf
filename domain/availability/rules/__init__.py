"""The one availability engine: slots to offer and starts to refuse, from the same pure primitives.

Read in this order: ``model`` (the nouns), ``zones`` (local time and instants), ``openings`` (when a schedule is open),
``limits`` (when a service may be booked at all), ``seats`` (what is left on a resource), and the two answers built
from them, ``slots`` and ``decide``. Instants are whole UTC seconds since 1970, spans are half-open.
"""
