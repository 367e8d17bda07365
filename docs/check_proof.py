#!/usr/bin/env python3
"""Checks a proof made by `kasnec proof`, without Kasnec: python3 check_proof.py PROOF.json|PROOF.html [HEAD-HASH]

HEAD-HASH is a head that you have seen yourself: in the office's feed, on its page /ledger, or in a copy somebody kept of either.
Of a page it checks the data at its end, and says what that shows: compare this with what the page says."""
import hashlib, json, sys
from datetime import datetime

PLANS = ("approved", "planned after all")
ENDS = ("rejected", "expired", "superseded", "needs a person")

def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()

def near(a, b):
    at = [datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (a, b)]
    return abs((at[0] - at[1]).total_seconds()) <= 60

def told_at(row, line, what):
    """A line has the time of its act; an older one only its own, which is that of the end of the same transaction."""
    return line["body"][what] == row[what] if what in line["body"] else bool(row[what]) and near(row[what], line["at"])

def is_of(delivery, line):
    return line["delivery"] == delivery["delivery"]

def stands(line):
    return line["act"] == "delivered" or line["act"] == "resolved" and line["body"]["delivered"]

def check(proof, seen=None):
    told = []
    yield from check_chain(proof, told, seen)
    yield from check_lines(proof, told)
    for revision in proof["revisions"]:
        wrong = differs_in_revision(proof, revision, told)
        if wrong:
            yield f"revision {revision['number']}: {wrong}"
    yield from check_item(proof)
    for delivery in proof["deliveries"]:
        wrong = differs_in_plan(delivery, told) or differs_in_delivery(delivery, told)
        if wrong:
            yield f"delivery {delivery['delivery']}: {wrong}"

def check_chain(proof, told, seen):
    hash_, hashes = proof["before"], {}
    for step in proof["chain"]:
        seq, digest = step["seq"], step["digest"]
        if "line" in step:
            told.append({**json.loads(step["line"]), "text": step["line"]})
            if sha256(step["line"]) != digest or told[-1]["seq"] != seq:
                yield f"line {seq}: its text does not have the digest {digest}"
        if hashes and seq - 1 not in hashes:
            yield f"line {seq}: it does not follow the line before it"
        hash_ = sha256(f"{seq} {hash_} {digest}")
        if hash_ != step["hash"]:
            yield f"line {seq}: its hash does not follow from the line before it"
        hashes[seq] = hash_ = step["hash"]
    for head in proof["heads"]:
        if hashes.get(head["seq"]) != head["hash"]:
            yield f"head of {head['day']}: line {head['seq']} has another hash"
    if seen and seen not in hashes.values():
        yield f"the head {seen} is not on this chain"

def check_lines(proof, told):
    """Each line is of this item, and the proof lists whatever was approved, planned or found standing by one."""
    revisions, deliveries = [r["number"] for r in proof["revisions"]], [d["delivery"] for d in proof["deliveries"]]
    for line in told:
        if (line["office"], line["reference"], line["item"]) != (proof["office"]["id"], proof["item"]["reference"], proof["item"]["id"]):
            yield f"line {line['seq']}: it tells of another item or office than the proof"
        named = [plan["delivery"] for plan in line["body"].get("planned", [])] if line["act"] in PLANS else []
        for delivery in named + [line["delivery"]] * bool(stands(line)):
            if delivery not in deliveries:
                yield f"line {line['seq']}: it tells of delivery {delivery}, which the proof does not list"
        if line["act"] == "approved" and line["body"]["revision"] not in revisions:
            yield f"line {line['seq']}: it approves revision {line['body']['revision']}, which the proof does not list"
    for listed, what in ((revisions, "revision"), (deliveries, "delivery")):
        yield from (f"{what} {number}: it is listed twice" for number in sorted(set(listed)) if listed.count(number) > 1)

def differs_in_revision(proof, r, told):
    approvals = [t for t in told if t["act"] == "approved" and t["body"]["revision"] == r["number"]]
    if not approvals or not sha256(r["content"]) == r["content_hash"] == approvals[-1]["body"]["content_hash"]:
        return "its text is not the one that was approved"
    body = approvals[-1]["body"]
    if r["state"] != "approved" or json.loads(r["content"])["reference"] != proof["item"]["reference"]:
        return "it is not an approved text of this item"
    if any(body.get(k, r[k]) != r[k] for k in ("act", "reason")) or any(body.get(k) != r[k] for k in ("release_at", "deadline_at", "late_reason")):
        return "its act, reason, release, deadline or lateness is not what the ledger has"
    if not told_at(r, approvals[-1], "approved_at"):
        return "it was not approved at that time"
    proposals = [t for t in told if t["act"] == "proposed" and t["body"]["content_hash"] == r["content_hash"]]
    if not any(told_at(r, t, "created_at") and all(t["body"].get(k, r[k]) == r[k] for k in ("act", "reason")) for t in proposals):
        return "it was not written at that time"

def check_item(proof):
    item, newest = proof["item"], max(proof["revisions"], key=lambda r: r["number"])
    content = json.loads(newest["content"])
    if item["title"] not in [text["title"] for text in content["translations"].values()] or item["kind"] != content["kind"]:
        yield "the item: its title or kind is not that of its newest text"
    if item["state"] != ("withdrawn" if newest["act"] == "withdraw" else "approved"):
        yield "the item: its state is not that of its newest revision"

def plan_of(d, told):
    plans = [(plan, t["body"]["revision"]) for t in told if t["act"] in PLANS for plan in t["body"].get("planned", [])]
    return next(((plan, revision) for plan, revision in plans if plan["delivery"] == d["delivery"]), (None, None))

def differs_in_plan(d, told):
    plan, revision = plan_of(d, told)
    named = any(t["act"] == "approved" and t["body"]["revision"] == d["revision"] and "planned" in t["body"] for t in told)
    channel = json.loads(d["post"])["channel"] if d["post"] else plan and plan["channel"]
    if any(t["key"] != d["key"] for t in told if is_of(d, t)) or channel and d["channel"] != channel:
        return "its key or channel is not the one in the ledger"
    if not plan and named:
        return "no approval planned it"
    if plan and (revision != d["revision"] or any(plan[k] != d[k] for k in ("account", "languages", "key"))):
        return "its revision, account or languages are not those that were planned"

def differs_in_delivery(d, told):
    own = [t for t in told if is_of(d, t)]
    lines, found = [t for t in own if stands(t)], [t for t in own if t["act"] == "resolved"]
    ended = any(t["act"] == d["state"] or t["act"] == "resolved" and d["state"] in ("rejected", "needs a person") for t in own)
    if bool(lines) != (d["state"] == "delivered") or d["state"] in ENDS and not ended:
        return "its state is not the one in the ledger"
    # Who tries it again takes the word back.
    words = [t["act"] for t in own if t["act"] in ("resolved", "retry asked for")]
    taken_back = d["evidence"] is None and words[-1:] == ["retry asked for"]
    if not (taken_back or found[-1]["text"].endswith(f'"body":{d["evidence"]}}}')) if found else d["evidence"]:
        return "what a person found is not what the ledger has"
    body = lines[-1]["body"] if lines else {}
    receipt = {"remote_id": None, "url": None, "post_hash": None, "at": None}
    if lines and lines[-1]["act"] == "resolved":
        places = [p for p in (t["body"].get("place") for t in found) if p and p.startswith("http")]
        receipt.update(at=body["at"], url=places[-1] if places else None)
    receipt = body.get("receipt", receipt)
    same = [d[k] == receipt[k] for k in ("remote_id", "url", "post_hash")] + [d["settled_at"] == receipt["at"]]
    if not all(same) or (d["post"] and sha256(d["post"])) != d["post_hash"] or d["objects"] != body.get("objects", []):
        return "its receipt or its post is not what the ledger has"
    if body.get("action", d["action"]) != d["action"]:
        return "what it did is not what the ledger has"

def shown(proof):
    """What the proof shows, for whoever holds it beside a page."""
    told = [json.loads(step["line"]) for step in proof["chain"] if "line" in step]
    yield f"{proof['item']['reference']} of {proof['office']['id']}: {proof['item']['title']} ({proof['item']['state']})"
    for d in proof["deliveries"]:
        where = f" {d['settled_at']} {d['url'] or ''}" if d["state"] == "delivered" else ""
        unsure = "" if plan_of(d, told)[0] else " (account, languages and revision are in no line)"
        yield f"  revision {d['revision']} on {d['account']} ({d['languages']}): {d['action']}, {d['state']}{where}{unsure}"

if __name__ == "__main__":
    text = open(sys.argv[1], encoding="utf-8").read()
    if text.lstrip().startswith("<"):
        text = text.split('<script type="application/json" id="proof">')[1].split("</script>")[0]
    proof = json.loads(text)
    wrong = list(check(proof, *sys.argv[2:3]))
    print("\n".join(wrong or shown(proof)))
    if not wrong:
        print(f"All of it fits: {len(proof['chain'])} lines. Compare the head with what the office published: "
              + (f"{proof['heads'][-1]['day']} {proof['heads'][-1]['hash']}" if proof["heads"] else "none is published yet"))
    sys.exit(1 if wrong else 0)
