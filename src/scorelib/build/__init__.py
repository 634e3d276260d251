"""Makes reports and puts them in their place."""
