# Upozorenja: pisma jedinicama i njihov spisak.
warn-subject-one = Sigurno do { $by }: { $what }
warn-subject-many = Rokova: { $count }, najbliži je { $by }: { $what }
warn-opening = { $office }: Kasnec upozorava na obaveze prema javnosti.
warn-standing = Stanje: { $standing }. Jedinica: { $unit }.
warn-times = Sigurno do: { $safe }. Najkasnije do: { $latest }.
warn-unconfirmed = Po tumačenju koje niko nije potvrdio, rok je bio već { $by }.
warn-step = Šta treba uraditi: { $step }
warn-closing = Ovo pismo Kasnec piše sam, samo jednom. Sve obaveze: kasnec due
warn-none = U ovom periodu nije bilo upozorenja.
warn-raised = Kada
warn-step-name = Razlog
warn-recipient = Kome
warn-state = Pismo
