#!/usr/bin/env python3
"""An independent reckoning of tests/rules/cases.toml.

    python tests/rules/oracle.py tests/rules/cases.toml

Knows docs/RULES.md, the plans in rules/ and the calendars in rules/holidays/ and tests/rules/holidays/, and nothing of
the Rust code. It reckons every case anew, holds every calendar against the packages `holidays` and `python-dateutil`,
and ends with 1 where anything differs. Needs: holidays, python-dateutil, tzdata.
"""
import sys
import tomllib
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays as package
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter
from dateutil.relativedelta import relativedelta

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


# --- calendars -----------------------------------------------------------------------------------------------------

class Calendar:
    """The days off of one calendar, year by year, nominal and moved."""

    def __init__(self):
        self.weekend, self.off, self.nominal, self.files = {5, 6}, {}, {}, {}

    def add(self, table):
        head, year = table["calendar"], table["calendar"]["year"]
        self.files[year] = table
        names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        self.weekend = {names.index(day) for day in head["weekend"]}
        days = sorted(nominal_date(entry, year) for entry in table["holiday"])
        self.nominal[year] = days
        self.off[year] = set(days) | observed(days, self.weekend, head["shift"], head["cascade"])

    def is_weekend(self, day):
        return day.weekday() in self.weekend

    def is_holiday(self, day):
        return day in (self.off[day.year] if day.year in self.off else self.estimate(day.year))

    def estimate(self, year):
        """A year without a file: the nearest file's fixed and Easter days, without what depends on the moon."""
        table = self.files[min(self.files, key=lambda known: abs(known - year))]
        head, sure = table["calendar"], [entry for entry in table["holiday"] if not entry.get("estimated")]
        days = sorted(nominal_date(entry, year).replace(year=year) for entry in sure)
        return set(days) | observed(days, self.weekend, head["shift"], head["cascade"])

    def is_off(self, day):
        return self.is_weekend(day) or self.is_holiday(day)


def nominal_date(entry, year):
    if "date" in entry:
        return date.fromisoformat(entry["date"])
    method = {"orthodox": EASTER_ORTHODOX, "western": EASTER_WESTERN}[entry["easter"]]
    return easter(year, method) + timedelta(days=entry["plus_days"])


def observed(days, weekend, shift, cascade):
    """Where each holiday is kept: in its place, or moved off the weekend; with `cascade`, no two on one day."""
    if shift == "none":
        return set(days)
    taken, waiting = set(), []
    for day in days:
        if day.weekday() in weekend or (cascade and day in taken):
            waiting.append(day)
        else:
            taken.add(day)
    for day in waiting:
        if shift == "nearest" and day.weekday() == 5:
            taken.add(day - DAY)
            continue
        while day.weekday() in weekend or (cascade and day in taken):
            day += DAY
        taken.add(day)
    return taken


def read_calendars():
    found = {}
    for folder in (ROOT / "rules" / "holidays", HERE / "holidays"):
        for path in sorted(folder.glob("*.toml")):
            table = tomllib.loads(path.read_text())
            found.setdefault(table["calendar"]["id"], Calendar()).add(table)
    return found


# --- time ----------------------------------------------------------------------------------------------------------

def instant(wall, zone):
    """The instant of a wall-clock time: of two, the first; of none, the same time an hour earlier."""
    for back in (timedelta(0), HOUR):
        moment = (wall - back).replace(tzinfo=zone, fold=0).astimezone(timezone.utc)
        if moment.astimezone(zone).replace(tzinfo=None) == wall - back:
            return moment
    raise ValueError(f"{wall} cannot be placed")


def midnight(day, zone):
    return instant(datetime(day.year, day.month, day.day), zone)


def end_of(day, zone):
    return midnight(day + DAY, zone)


def local_day(moment, zone):
    return moment.astimezone(zone).date()


def wall_text(moment, zone):
    local = moment.astimezone(zone)
    if local.fold:
        raise ValueError(f"{local} is the second of two equal times: unfit for the table")
    return local.strftime("%Y-%m-%d %H:%M")


# --- counting ------------------------------------------------------------------------------------------------------

def deadline(anchor, before, period, reading, zone, calendar):
    """The instant by which it must be done; `anchor` is a date or a wall-clock datetime."""
    is_instant = isinstance(anchor, datetime)
    day = anchor.date() if is_instant else anchor
    start = instant(anchor, zone) if is_instant else midnight(anchor, zone)
    number, unit = int(period.split()[0]), period.split()[1].rstrip("s")
    count, off = reading["count"], excluded(reading, calendar)
    cutoff = reading.get("cutoff")
    if count == "elapsed":
        moment = elapsed(start, before, number, unit, off, zone)
        due, rolled = roll(local_day(moment, zone), reading, calendar)
        if rolled:
            return at(due, cutoff, zone)
        return min(moment, at(due, cutoff, zone)) if cutoff else moment
    due = whole_days(day, before, number, unit, count, off)
    due, _ = roll(due, reading, calendar)
    return at(due, cutoff, zone)


def at(day, cutoff, zone):
    if not cutoff:
        return end_of(day, zone)
    hour, minute = map(int, cutoff.split(":"))
    return instant(datetime(day.year, day.month, day.day, hour, minute), zone)


def excluded(reading, calendar):
    words = set(reading.get("exclude", []))
    if reading["count"] == "working":
        words |= {"weekends", "holidays"}
    tests = {
        "saturdays": lambda day: day.weekday() == 5,
        "sundays": lambda day: day.weekday() == 6,
        "weekends": lambda day: calendar.is_weekend(day),
        "holidays": lambda day: calendar.is_holiday(day),
    }
    return [tests[word] for word in sorted(words)]


def leaves_out(off, day):
    return any(test(day) for test in off)


def whole_days(day, before, number, unit, count, off):
    """The day whose end is the deadline."""
    clear = count == "clear" and before
    sign = -1 if before else 1
    if unit in ("month", "year"):
        assert not off, "months with excluded days mean nothing"
        due = day + relativedelta(**{unit + "s": sign * number})
    else:
        due, left = day, number * (7 if unit == "week" else 1)
        while left:
            due += sign * DAY
            left -= not leaves_out(off, due)
    return due - DAY if clear else due


def elapsed(start, before, number, unit, off, zone):
    sign = -1 if before else 1
    if off or unit == "hour":
        hours = number * {"hour": 1, "day": 24, "week": 168}[unit]
        return passing(start, before, timedelta(hours=hours), off, zone)
    wall = start.astimezone(zone).replace(tzinfo=None)
    return instant(wall + sign * relativedelta(**{unit + "s": number}), zone)


def passing(moment, before, left, off, zone):
    """Only time on days that count passes; each local day is one span between its midnights."""
    day = local_day(moment, zone)
    while True:
        low, high = midnight(day, zone), end_of(day, zone)
        moment = min(max(moment, low), high)
        if leaves_out(off, day):
            moment = low if before else high
        else:
            room = moment - low if before else high - moment
            if left <= room:
                return moment - left if before else moment + left
            left -= room
            moment = low if before else high
        day += -DAY if before else DAY


def roll(day, reading, calendar):
    way = reading.get("roll", "none")
    if way == "none" or not calendar.is_off(day):
        return day, False
    while calendar.is_off(day):
        day += -DAY if way == "earlier" else DAY
    return day, True


# --- duties --------------------------------------------------------------------------------------------------------

def matches(when, facts):
    return all(facts.get(name) in values for name, values in when.items())


def reckon(case, plans, calendars):
    plan = plans[case["plan"]]
    rule = next(rule for rule in plan["rule"] if rule["id"] == case["rule"])
    described = rule.get("follows", rule)
    assert case["kind"] in described["kinds"] or "*" in described["kinds"], f"{case['name']}: {case['kind']} is not the rule's"
    # A rule over periods speaks of items that may not be written yet: its `when` has nothing to look at here.
    assert "period" in case or matches(described.get("when", {}), case["facts"]), f"{case['name']}: the rule does not apply"
    for name in ("urgent", "extension"):
        if name in rule and matches(rule[name]["when"], case["facts"]):
            rule = {key: value for key, value in rule.items() if key not in ("before", "after")} | rule[name]
    before, zone, calendar = "before" in rule, ZoneInfo(case["zone"]), calendars.get(plan["plan"].get("calendar"))
    anchor = find_anchor(rule, case)
    firm, shaky = [], []
    for reading in rule["readings"]:
        period = reading.get("period", rule["before"] if before else rule["after"])
        moment = deadline(anchor, before, period, reading, zone, calendar)
        sure = "unverified" not in (reading.get("certainty"), rule["certainty"])
        (firm if sure else shaky).append(moment)
    counted = firm or shaky
    answer = {"safe_by": wall_text(min(counted), zone), "latest_by": wall_text(max(counted), zone)}
    if firm and shaky and min(shaky) < min(firm):
        answer["warn_by"] = wall_text(min(shaky), zone)
    return answer


def find_anchor(rule, case):
    names = rule["anchor"] if isinstance(rule["anchor"], list) else [rule["anchor"]]
    known = case["facts"] | {name: case[name] for name in ("queued", "published") if name in case}
    if "period" in case:
        first, last = bounds(rule["every"]["period"], date.fromisoformat(case["period"]))
        known |= {"period_start": first.isoformat(), "period_end": last.isoformat()}
    return parse(next(known[name] for name in names if name in known))


def bounds(period, day):
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, first + relativedelta(months=months) - DAY


def parse(text):
    return datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def primitive(case, calendars):
    before, zone = "before" in case, ZoneInfo(case["zone"])
    period = case["before"] if before else case["after"]
    moment = deadline(parse(case["anchor"]), before, period, case["reading"], zone, calendars.get(case.get("calendar")))
    return {"by": wall_text(moment, zone)}


# --- the calendars against the packages ----------------------------------------------------------------------------

def check_calendars(calendars):
    wrong = []
    for name, country, subdivision in (("england", "GB", "ENG"), ("indiana", "US", "IN"), ("albania", "AL", None)):
        for year, off in calendars[name].off.items():
            theirs = set(package.country_holidays(country, subdiv=subdivision, years=[year]))
            # New Year of the year after, kept on its eve, belongs to that year's file.
            theirs = {day for day in theirs if day.year == year and not (name == "indiana" and (day.month, day.day) == (12, 31))}
            if theirs != off:
                wrong.append(f"{name} {year}: ours only {sorted(map(str, off - theirs))}, theirs only {sorted(map(str, theirs - off))}")
    for name in ("kosovo", "cascading"):
        for year, days in calendars[name].nominal.items():
            if sorted(kosovo(year)) != days:
                wrong.append(f"{name} {year}: {sorted(set(kosovo(year)) ^ set(days))}")
    for year, off in calendars["cascading"].off.items():
        theirs = {day for day in package.country_holidays("XK", years=[year]) if day.weekday() < 5}
        if theirs != {day for day in off if day.weekday() < 5}:
            wrong.append(f"cascading {year} differs from the package, which cascades")
    return wrong


def kosovo(year):
    """Law 03/L-064, articles 2 and 4; the Bajrams as the package estimates them."""
    fixed = [(1, 1), (1, 2), (1, 7), (2, 17), (4, 9), (5, 1), (5, 9), (12, 25)]
    moon = [day for day, name in package.country_holidays("XK", years=[year]).items() if "Eid" in name and "observed" not in name]
    churches = [easter(year, way) + DAY for way in (EASTER_WESTERN, EASTER_ORTHODOX)]
    return [date(year, *day) for day in fixed] + moon + churches


def main(path):
    table = tomllib.loads(Path(path).read_text())
    calendars = read_calendars()
    plans = {plan["plan"]["id"]: plan for plan in (tomllib.loads(file.read_text()) for file in (ROOT / "rules").glob("*.toml"))}
    wrong = check_calendars(calendars)
    for case in table["primitive"]:
        answer = primitive(case, calendars)
        if answer["by"] != case["by"]:
            wrong.append(f"{case['name']}: the table says {case['by']}, the oracle {answer['by']}")
    for case in table["duty"]:
        answer = reckon(case, plans, calendars)
        stated = {key: case[key] for key in ("safe_by", "latest_by", "warn_by") if key in case}
        if answer != stated:
            wrong.append(f"{case['name']}: the table says {stated}, the oracle {answer}")
    names = [case["name"] for case in table["primitive"] + table["duty"]]
    wrong += sorted({f"twice: {name}" for name in names if names.count(name) > 1})
    print("\n".join(wrong) or f"{len(table['primitive'])} primitives and {len(table['duty'])} duties agree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else HERE / "cases.toml"))
