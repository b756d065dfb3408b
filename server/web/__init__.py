"""The kit for edges: pages, forms, refusals, exports. It knows no domain."""
