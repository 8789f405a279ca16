"""The tensor network: closed, interned nodes with ordered axes; see docs/architecture.md."""
