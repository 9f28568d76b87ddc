"""Controls for every stack: plain functions, used by a Pulumi policy pack and to check a recorded plan.

Nothing here imports the program: a control must not share the program's mistakes, and the folder can be published as a
pack.
"""
