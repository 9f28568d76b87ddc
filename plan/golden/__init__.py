"""Golden plans: the accepted plan of each stack, as files that a pull request shows.

`form` drops simulated values, `documents` nests children below their parents, `common` extracts what the stacks
share, `text` writes YAML and `files` stores it. Every step is reversible.
"""
