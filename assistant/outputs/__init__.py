"""Summaries as files: pages, tables, bibliographies and JSON, each chosen by the ending of a file's name."""
