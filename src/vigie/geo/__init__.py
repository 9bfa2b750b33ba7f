"""Space: H3 cells, distances, projections, zonings and their conversion, the offline gazetteer."""
