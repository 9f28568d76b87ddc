"""Controls that a stack must keep to: plain functions, for a Pulumi policy pack and for the check of a recorded plan.

Nothing of the program is imported here, so that a control cannot share a mistake with what it judges, and so that
the folder can be published as a pack.
"""
