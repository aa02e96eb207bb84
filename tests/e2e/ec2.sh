# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A fake of EC2 for end-to-end tests, on top of ebs.sh; ./seed says what it has from the beginning.
# shellcheck disable=SC2034 # read by ebs.sh
SERVICE=ec2_server.py
# shellcheck source=tests/e2e/ebs.sh
. "$E2E_DIR/ebs.sh"

# ec2 images|snapshots|parameters: what is there, as botocore reads it, into ./images or ./snapshots.
ec2() {
	botocore ec2 "$1" >"./$1" || fail "botocore cannot read the $1"
}

# there images|snapshots FILTER: whether jq finds it true of what is there.
there() {
	ec2 "$1"
	jq -e "$2" "$1" >/dev/null && return 0
	cat "$1"
	fail "not true of the $1: $2"
}

# there_in REGION images|snapshots|parameters FILTER: the same in another region.
there_in() {
	EC2_REGION=$1
	export EC2_REGION
	there "$2" "$3"
	unset EC2_REGION
}

# same_blocks REGION SNAPSHOT OF: botocore reads the same of both, the second at home.
same_blocks() {
	client digests "$3" >home.digests || fail "botocore cannot read $3"
	[ -s home.digests ] || fail "$3 has nothing"
	EC2_REGION=$1
	client digests "$2" >there.digests || fail "botocore cannot read $2"
	unset EC2_REGION
	diff home.digests there.digests || fail "$2 in $1 is not what $3 is"
}

# same_image REGION NAME OF: the same of the one image of that name there.
same_image() {
	there_in "$1" images "map(select(.Name == \"$2\")) | length == 1"
	copy=$(jq -r ".[] | select(.Name == \"$2\") | .BlockDeviceMappings[0].Ebs.SnapshotId" images)
	same_blocks "$1" "$copy" "$3"
}

# everything: what is there, as one text. Its creation dates do not change, nor does its order.
everything() {
	ec2 images
	ec2 snapshots
	jq -S 'sort_by(.ImageId) | del(.[].State)' images
	jq -S 'sort_by(.SnapshotId) | del(.[].StartTime)' snapshots
}

# changes: how many requests have changed something.
changes() {
	grep -cE '^(RegisterImage|DeregisterImage|CreateTags|DeleteSnapshot|CopyImage|Modify[A-Za-z]*|(En|Dis)able[A-Za-z]*|PutParameter|(Start|Complete)Snapshot|PutSnapshotBlock) .* (20[0-2]|lost|held)$' state/log || :
}

# called [N]: the actions of the requests behind the first N, as policies name them, sorted. One needs
# no permission.
called() {
	tail -n +$((${1:-0} + 1)) state/log | cut -d ' ' -f 1 | sort -u | sed -E '/^GetCallerIdentity$/d
		s/^((Start|Complete)Snapshot|(Put|Get)SnapshotBlock|ListSnapshotBlocks)$/ebs:&/; s/^(Get|Put)Parameter$/ssm:&/
		/:/!s/^/ec2:/' | sort
}

# runs: how many have a journal.
runs() {
	find xdg-state/amiwright/runs -type f | wc -l
}

no_runs() {
	[ "$(runs)" = 0 ] || fail "journals of runs are left"
}

# kill_at N stall|hold COMMAND…: kill -9 of it before, or after, its Nth call that changes
# something. False when it has fewer. $also are further faults.
also=
# $counted, a list of JSON, are actions that count as well.
counted='[]'
kill_at() {
	faults "{\"mutating\": {\"at\": $1, \"fault\": \"$2\", \"of\": \"$(date +%N)\", \"also\": $counted}$also}"
	touch state/log
	lines=$(wc -l <state/log)
	shift 2
	"$@" >killed.out 2>killed.err &
	victim=$!
	wait_for 120 sh -c "tail -n +$((lines + 1)) state/log | grep -qE ' (stalled|held)\$' ||
		! kill -0 $victim"
	kill -9 $victim 2>/dev/null || :
	code=0
	wait $victim || code=$?
	faults '{}'
	[ "$code" = 137 ] && return 0
	[ "$code" = 0 ] || fail "exit code $code: $(cat killed.err)"
	return 1
}

# age_runs SECONDS: what runs have a journal of was done so much earlier. What is young may not show
# yet, and is waited for: so much less of that is left.
age_runs() {
	/usr/bin/python3 - "$1" <<-'END'
		import pathlib, re, sys
		def crc32c(data):
		    crc = 0xFFFFFFFF
		    for byte in data:
		        crc ^= byte
		        for _ in range(8):
		            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
		    return crc ^ 0xFFFFFFFF
		def aged(line):
		    deed = re.fullmatch(rb"([a-z]+) (\d{10}) (.*)", line[9:])
		    if not deed:
		        return line
		    text = b"%s %d %s" % (deed[1], int(deed[2]) - int(sys.argv[1]), deed[3])
		    return b"%08x %s" % (crc32c(text), text)
		for path in pathlib.Path("xdg-state/amiwright/runs").glob("*"):
		    with open(path, "r+b") as journal:
		        lines = journal.read().split(b"\n")
		        journal.seek(0)
		        journal.write(b"\n".join(map(aged, lines)))
	END
}

# At the end of a test: botocore's model has nothing against any request.
all_valid() {
	[ ! -e state/invalid ] || fail "not as botocore would send it: $(cat state/invalid)"
}
