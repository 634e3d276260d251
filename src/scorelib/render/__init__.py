"""Writers that turn a numbered document into files; nothing here reads data or notebooks."""
