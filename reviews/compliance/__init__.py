"""Figures: querysets in, frozen dataclasses out. Writes nothing, knows no page and no address."""
