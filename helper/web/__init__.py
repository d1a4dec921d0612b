"""HTTP on loopback: guard, pairing, the `/v1` API and the console."""
