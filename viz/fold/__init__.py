"""Fold a large Backward into few nodes: blocks by module, chains, repeats. Plain data only."""
