"""What tests share: real services, a named cast, files made on the fly."""
