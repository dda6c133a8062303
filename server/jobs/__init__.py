"""Work after the answer: jobs are rows, workers are woken."""
