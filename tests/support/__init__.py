"""What tests share: servers, pages, events, recordings of what was told. No test lives here."""
