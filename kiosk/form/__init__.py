"""The form a resident fills in: answers, the order of questions, what counts. Pure."""
