"""Measurements, run by `make bench`. Never part of the tests: a number here is looked at, not asserted."""
