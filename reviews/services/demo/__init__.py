"""A made-up committee with a year of life, so that whoever starts the program sees it work."""
