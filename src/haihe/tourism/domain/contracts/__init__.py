"""Data contracts: what a stream delivers, as data files of this folder; read into plain values. Knows no Django."""
