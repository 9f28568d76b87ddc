"""The API by which other systems send payments and outcomes."""
