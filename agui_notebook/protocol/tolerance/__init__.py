"""What is read although it is not right: values, ids, the order of events, older dialects."""
