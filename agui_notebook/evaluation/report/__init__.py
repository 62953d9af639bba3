"""What came of an evaluation: counted, shown, compared. Asks no agent anything."""
