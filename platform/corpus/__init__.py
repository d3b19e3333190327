"""The released record: its file formats, statistics, lexical features and figures.

A library of its own: no Django, no database. It works on any ESConv-shaped file.
Source: Liu et al. 2021, §4 and §5.
"""
