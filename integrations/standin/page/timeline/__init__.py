"""Who called whom, in sentences: the request diaries of all three systems as one story."""
