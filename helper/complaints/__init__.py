"""From an order gone wrong to the right words: pure functions over data."""
