"""How the process runs: settings, transactions, logs, broker, local servers."""
