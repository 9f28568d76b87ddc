"""The sink connectors' local twins: one loop, three writers."""
