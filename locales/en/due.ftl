# What is owed: the table, the reasons, the calendar.
due-number = No.
due-standing = Standing
due-safe-by = Safe by
due-latest-by = At the latest by
due-unit = Unit
due-what = What
due-met-at = Met
due-reason = Reason
due-address = Address
due-rule = Rule
due-version = version { $version }
due-row = row { $row } of the plan
due-since = Since
due-channel = Channel
due-proof = Proof
due-languages = Languages
due-not-yet = not yet
due-no-time = no time is set
due-earlier = What it was before
due-nothing = Nothing is owed in this time. Look further: kasnec due --until { $until }
due-more = and { $count } more like it, the last safe by { $until }
due-calendar = { $office }: what is owed

due-standing-on-course = on course
due-standing-at-risk = at risk
due-standing-overdue = overdue
due-standing-met = met
due-standing-late = met too late
due-standing-lifted = no longer owed

due-risk-unwritten = { $when ->
    [none] Nothing is written yet, and the office is not open for long enough.
   *[other] Nothing is written yet; within office hours it would be written and approved by { $when }: { $late }.
}
due-step-unwritten = kasnec item add FILE
due-risk-unapproved = { $when ->
    [none] It waits for approval, and the office is not open for long enough.
   *[other] It waits for approval; within office hours it would be approved by { $when }: { $late }.
}
due-step-unapproved = kasnec item approve { $item }
due-risk-undone = { $when ->
    [none] It is not done yet, and the office is not open for long enough.
   *[other] It is not done yet; within office hours it would be done by { $when }: { $late }.
}
due-step-undone = write into the item when it was done: kasnec item add FILE
due-risk-released-late = It is to be released only on { $when }: { $late }. On: { $channel }.
due-step-released-late = kasnec item publish { $item } --now
due-risk-channel-paused = The channel is paused and waits for a person: { $channel }.
due-step-channel-paused = kasnec channel check { $account }
due-risk-pace = { $when ->
    [none] The pace of { $channel } does not let it go at all.
   *[other] At the pace of { $channel } it goes only on { $when }: { $late }.
}
due-step-pace = raise spacing or daily limit in kasnec.toml, or publish by hand: kasnec delivery list --item { $item }
due-risk-needs-person = { $channel ->
    [none] It waits for a person to put it up or to look at it.
   *[other] A person must look at it on: { $channel }.
}
due-step-needs-person = kasnec delivery list --item { $item } --state "needs a person"
due-risk-refused = It was refused by: { $channel }.
due-step-refused = see why: kasnec delivery list --item { $item }
due-risk-no-account = The rule asks for { $channel }, but the office has no such account.
due-step-no-account = add an account of that group to kasnec.toml, or publish there by hand: kasnec due settle { $id } --proof "…"
due-risk-not-planned = Nothing is on its way to: { $channel }.
due-step-not-planned = see what is: kasnec item show { $item }
due-risk-safe-passed = By the cautious reading its time is over; by the lenient one it is in time until { $when }.
due-step-safe-passed = publish it now, or say when it was done: kasnec due settle { $id } --proof "…"
due-risk-unexplained = Nobody has said yet why it is late.
due-step-unexplained = kasnec due reason { $id } --reason "…"

due-after-safe = { $delay } after "safe by"
due-after-latest = { $delay } too late
due-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
due-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
due-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

due-period-half-1 = first half of { $year }
due-period-half-2 = second half of { $year }
due-period-quarter = quarter { $part } of { $year }
due-period-month = { $part }/{ $year }
due-period-week = week { $part } of { $year }
