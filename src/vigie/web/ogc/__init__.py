"""OGC API Features 1.0: core, GeoJSON and OpenAPI 3.0 classes, for QGIS and GDAL."""
