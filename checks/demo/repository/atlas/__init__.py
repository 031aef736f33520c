"""Portfolios: what is held, what it cost, what it is worth."""
