"""The tests, by room; what several of them share are modules of this package."""
