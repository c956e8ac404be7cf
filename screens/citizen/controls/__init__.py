"""A widget for every kind of question. Each shows a node and hands answers to the form's model; none keeps one."""
