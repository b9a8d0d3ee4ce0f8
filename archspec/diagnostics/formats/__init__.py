"""Diagnostics as documents for programs: JSON, SARIF, and the commands of GitHub's workflows.

Each format is a module with one function, `render`, that takes `Findings` and gives the text.
"""
