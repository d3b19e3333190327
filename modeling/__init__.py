"""Modelling: fine-tune, evaluate and compare the paper's models on a released corpus.

`modeling.domain` is pure; `modeling.neural` is the only package that imports torch; `python -m modeling` is the
command line. Training reads a released file: no Django and no database.
Source: Liu et al. 2021, §6 and Appendix C.
"""
