"""Golden plans: the accepted plan of each stack, in the form that a pull request shows.

`form` reduces a plan to what the program says, `documents` puts that in order, `common` takes out what the stacks
share, `text` writes YAML and `files` keeps it. Each step can be undone, so nothing that the program sets is lost.
"""
