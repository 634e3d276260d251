"""Runs notebooks: the only room that starts kernels."""
