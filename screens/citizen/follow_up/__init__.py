"""After sending: the code and its slip, the rating, tracking a case, answering the office."""
