"""Saved searches: a question whose new answers come by e-mail or to a program."""
