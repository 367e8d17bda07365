# Runs one server for a test and outlives the test just long enough to stop it.
# guarded.rs calls it with: SIGNAL TENTHS_OF_A_SECOND FOLDER COMMAND [ARGUMENT...]
# Standard input is a pipe of which the test holds the other end: it closes whichever way the test dies.

signal=$1 grace=$2 folder=$3
shift 3

# The test may be dead before it has read the pid; the write must not end the watcher.
trap '' PIPE
exec 3<&0 </dev/null

# A shell's background job ignores INT and QUIT, which a server must not.
setsid env --default-signal=INT,QUIT,PIPE "$@" 3<&- >&2 &
child=$!

(
    read -r _ <&3
    # In its first moments the child has no group yet.
    kill -s "$signal" -- "-$child" || kill -s "$signal" "$child"
    while [ "$grace" -gt 0 ]; do
        sleep 0.1
        grace=$((grace - 1))
    done
    kill -s KILL -- "-$child"
) 2>/dev/null &
keeper=$!

exec 3<&-
echo "$child"
wait "$child"
code=$?

# What the server has left behind in its group would go on writing into the folder.
kill "$keeper" 2>/dev/null
kill -s KILL -- "-$child" 2>/dev/null
rm -rf -- "$folder" || { sleep 1; rm -rf -- "$folder"; }
exit "$code"
