"""Holds a whole project against its rules: tables, texts and the numbers in them; prints nothing."""

from scorelib.check.project import Checked, check_project, report_errors

__all__ = ["Checked", "check_project", "report_errors"]
