"""What must stay true of the whole house: routes, problems, migrations, the OpenAPI document."""
