"""The application: rules, use cases, the API and the command line."""
