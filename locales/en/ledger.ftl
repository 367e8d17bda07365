# The ledger's heads, on the site and in the feeds.
ledger-title = The ledger's published heads
ledger-what = Everything the office decides and publishes with this system is written as a line of a ledger. Each line carries a hash that takes in the one before. Once a day the hash of the last line, the head, is published here and in the feeds: whoever keeps a copy can show later whether any line up to it was changed.
ledger-day = Day
ledger-line = line
ledger-hash = SHA-256 of the head
ledger-published = Published
ledger-none = No head has been published yet.
ledger-all = All heads, for programs (JSON)
ledger-entry-title = Seal of the ledger of publications, week { $week } of { $year }
ledger-entry-what = The state of the office's ledger of publications on each day. Whoever keeps these lines can show later that nothing written before was changed.
