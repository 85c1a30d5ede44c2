"""The review desk without its pages: the queue, claims, answers, undo, and rules that follow from answers.

Callers: the service and the commands. Everything that changes something is one transaction, which holds the
scope of the question's agency: uploads of that agency are decided before it or after it.
"""
