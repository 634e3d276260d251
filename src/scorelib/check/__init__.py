"""Holds a whole project against its rules: tables, texts and the numbers in them; prints nothing."""

from scorelib.check.project import Checked, check_project
from scorelib.check.report import check_report

__all__ = ["Checked", "check_project", "check_report"]
