"""Records in the machine form of the tools that printed them."""
