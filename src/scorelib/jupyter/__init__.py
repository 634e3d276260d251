"""What Jupyter's programs get from us: exporters, a preprocessor, a magic, a kernel; no build uses it."""
