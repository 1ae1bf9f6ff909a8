"""What documents say of each other: references, repeals, versions, validity."""
