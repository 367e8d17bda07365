#!/usr/bin/env python3
"""Checks a proof made by `kasnec proof`, without Kasnec: python3 check_proof.py PROOF.json|PROOF.html [HEAD-HASH]

HEAD-HASH is a head that you have seen yourself: in the office's feed, on its page /ledger, or in a copy somebody kept of either."""
import hashlib, json, sys

def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()

def check(proof, seen=None):
    hash_, told, hashes = proof["before"], [], {}
    for step in proof["chain"]:
        seq, digest = step["seq"], step["digest"]
        if "line" in step:
            told.append(json.loads(step["line"]))
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
    for r in proof["revisions"]:
        approvals = [t["body"] for t in told if t["act"] == "approved" and t["body"]["revision"] == r["number"]]
        if not approvals or not sha256(r["content"]) == r["content_hash"] == approvals[-1]["content_hash"]:
            yield f"revision {r['number']}: its text is not the one that was approved"
    for d in proof["deliveries"]:
        lines = [t for t in told if t["delivery"] == d["delivery"] and (t["act"] == "delivered" or t["body"].get("delivered"))]
        if bool(lines) != (d["state"] == "delivered"):
            yield f"delivery {d['delivery']}: its state is not the one in the ledger"
        elif lines and lines[-1]["act"] == "resolved":
            if json.loads(d["evidence"]) != lines[-1]["body"]:
                yield f"delivery {d['delivery']}: what a person found is not what the ledger has"
        elif lines:
            receipt = lines[-1]["body"]["receipt"]
            same = [d[k] == receipt[k] for k in ("remote_id", "url", "post_hash")] + [d["settled_at"] == receipt["at"]]
            if not all(same) or sha256(d["post"]) != d["post_hash"]:
                yield f"delivery {d['delivery']}: its receipt or its post is not what the ledger has"

if __name__ == "__main__":
    text = open(sys.argv[1], encoding="utf-8").read()
    if text.lstrip().startswith("<"):
        text = text.split('<script type="application/json" id="proof">')[1].split("</script>")[0]
    proof = json.loads(text)
    wrong = list(check(proof, *sys.argv[2:3]))
    print("\n".join(wrong) or f"All of it fits: {len(proof['chain'])} lines. Compare the head with what the office published: "
          + (f"{proof['heads'][-1]['day']} {proof['heads'][-1]['hash']}" if proof["heads"] else "none is published yet"))
    sys.exit(1 if wrong else 0)
