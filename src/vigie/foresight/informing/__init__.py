"""Informing the public: messages checked, approved by a second person, and told in open formats."""
