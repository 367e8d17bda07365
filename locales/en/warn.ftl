# Warnings: the letters to the units, and their list.
warn-subject-one = Safe by { $by }: { $what }
warn-subject-many = { $count } deadlines, the nearest safe by { $by }: { $what }
warn-opening = { $office }: Kasnec warns of what is owed to the public.
warn-standing = Standing: { $standing }. Unit: { $unit }.
warn-times = Safe by: { $safe }. At the latest by: { $latest }.
warn-unconfirmed = By a reading that nobody has confirmed it was owed by { $by } already.
warn-step = What to do: { $step }
warn-closing = Kasnec writes this letter by itself, once. Everything that is owed: kasnec due
warn-none = Nothing was warned of in this time.
warn-raised = Raised
warn-step-name = Because
warn-recipient = To
warn-state = Letter
