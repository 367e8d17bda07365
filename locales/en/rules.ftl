# The words in which a deadline is explained.
rules-day = { $weekday } { $date }
rules-time = { $day } { $time }
rules-summary = { $anchor }: { $start } → { $length } → at the latest { $end }
rules-unconfirmed = { $what } (unconfirmed)
rules-after = then { $length }
rules-without = { $length }, without { $days }

rules-anchor-meeting_start = Meeting
rules-anchor-meeting_end = End of the meeting
rules-anchor-queued = Queued
rules-anchor-published = First published
rules-anchor-period_start = Start of the period
rules-anchor-period_end = End of the period

rules-clear-days = { $n ->
    [0] until the end of the day before
    [one] { $n } clear day
   *[other] { $n } clear days
}
rules-clear-weeks = { $n ->
    [one] { $n } clear week
   *[other] { $n } clear weeks
}
rules-clear-months = { $n ->
    [one] { $n } clear month
   *[other] { $n } clear months
}
rules-clear-years = { $n ->
    [one] { $n } clear year
   *[other] { $n } clear years
}
rules-calendar-days = { $n ->
    [0] until the end of that day
    [one] { $n } calendar day
   *[other] { $n } calendar days
}
rules-calendar-weeks = { $n ->
    [one] { $n } week
   *[other] { $n } weeks
}
rules-calendar-months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
rules-calendar-years = { $n ->
    [one] { $n } year
   *[other] { $n } years
}
rules-working-days = { $n ->
    [0] until the end of that day
    [one] { $n } working day
   *[other] { $n } working days
}
rules-elapsed-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
rules-elapsed-days = { $n ->
    [0] until that moment
    [one] { $n } day to the same hour
   *[other] { $n } days to the same hour
}
rules-elapsed-weeks = { $n ->
    [one] { $n } week to the same hour
   *[other] { $n } weeks to the same hour
}
rules-elapsed-months = { $n ->
    [one] { $n } month to the same hour
   *[other] { $n } months to the same hour
}
rules-elapsed-years = { $n ->
    [one] { $n } year to the same hour
   *[other] { $n } years to the same hour
}

rules-exclude-saturdays = Saturdays
rules-exclude-sundays = Sundays
rules-exclude-weekends = weekends
rules-exclude-holidays = holidays

rules-skipped-weekend = Not counted (weekend): { $days }
rules-skipped-holiday = Not counted: { $day } – { $name }
rules-skipped-estimated = Not counted: { $day } – { $name } (estimated)
rules-estimated = There is no calendar for { $year }: its holidays are estimated.
rules-rolled = { $from } is no working day: moved to { $to }
rules-cutoff = What comes after { $hour } counts as the next day’s.
rules-urgent = Urgent case: { $source }
rules-extension = Longer period: { $source }

rules-safe-by = Safe by: { $end }
rules-latest-by = At the latest by: { $end }
rules-warn-by = Warning, by an unconfirmed reading: { $end }
rules-never-late = No reading is confirmed: it only warns and never makes anything late.
rules-no-clock = The rule sets no time.
rules-no-anchor = No deadline yet: it counts from “{ $anchor }”, which is not known.
rules-not-in-force = No deadline: the rule is not in force on { $day }.
rules-out-of-range = No deadline: it would lie beyond the years of the calendar.

rules-on-all = Must stand on: { $groups }
rules-on-any = On at least one of: { $groups }
rules-simultaneous = On all of them at the same time.
rules-display = On display for at least: { $length }
rules-in = Languages: { $languages }
rules-in-official = Official languages: { $languages }
rules-in-official-unnamed = In the official languages; the office has not named them.
rules-requires = Not approved without: { $facts }
rules-group-website = website
rules-group-facebook = Facebook
rules-group-boards = notice boards
rules-group-media = media
rules-group-feed = feed (RSS)

rules-weight-legal = The law asks for it.
rules-weight-plan = The municipality’s plan asks for it.
rules-weight-target = An aim of the office: never late, only missed.
rules-source = Source: { $source }
rules-article = Article or heading: { $article }
rules-note = Note: { $note }
rules-silent = What the source leaves open: { $silent }
