"""Indicators as data files of this folder: definition, formula, unit, standard; read, compiled and explained here.
Knows no Django."""
