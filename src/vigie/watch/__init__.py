"""Video: recording under its authorisation, and detection of what the law lists and no more."""
