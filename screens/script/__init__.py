"""The scripted terminal: s3270's action language in, s3270's answers out."""
