"""Controls that a stack must keep to: plain functions, for a Pulumi policy pack and for the check of a recorded plan.

Nothing of the program is imported here: a control must not share a mistake with what it judges, and the folder can be
published as a pack.
"""
