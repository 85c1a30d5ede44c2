"""The review desk: the queue of questions, one question with its pictures, and all that is in a case."""
