"""What a program may name, as lists of names: looked up once, when they are imported."""
