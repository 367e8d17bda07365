# The words of posts: dates, acts, labels.
language-name = English
decimal-mark = .

date-long = { $weekday }, { $day } { $month } { $year }
date-plain = { $day } { $month } { $year }
date-at = { $date }, at { $time }
date-short = { $day } { $month } { $year }

prefix-postponed = POSTPONED
prefix-cancelled = CANCELLED
prefix-withdrawn = WITHDRAWN
act-corrected = Corrected on { $at }
act-postponed = Postponed on { $at }
act-cancelled = Cancelled on { $at }
act-withdrawn = Withdrawn on { $at }
act-previously = previously scheduled for: { $was }

attachments = { $count ->
    [one] Attachment
   *[other] Attachments
}
attachment-count = { $count ->
    [one] { $count } attachment
   *[other] { $count } attachments
}
agenda-count = { $count ->
    [one] { $count } item on the agenda
   *[other] { $count } items on the agenda
}
more-points = { $count ->
    [one] and { $count } more item
   *[other] and { $count } more items
}
read-all = The full notice
reference = Reference
published-by = Published by
posted-on = Posted on
removed-on = Removed on
signature = Signature
stamp = Stamp
check-here = This notice online, with all documents
