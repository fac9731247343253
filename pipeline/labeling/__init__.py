"""The label stage: annotations and labelling functions become votes, votes become one label a task.

Nothing is imported here: whoever classifies by rules needs none of what labelling takes.
"""
