"""What each configuration key of a managed connector means for its local twin. No key is ignored."""
