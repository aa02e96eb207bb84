# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A fake of EBS for end-to-end tests: ./state is its directory, $AWS_ENDPOINT_URL its address,
# $SERVICE another program of tests/fake that is it.

export XDG_STATE_HOME="$PWD/xdg-state" AWS_REGION=eu-west-1
export AWS_ACCESS_KEY_ID=AKID AWS_SECRET_ACCESS_KEY=SECRET AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE AWS_SESSION_TOKEN http_proxy HTTP_PROXY
server=

end_service() {
	[ -z "$server" ] || kill "$server"
	server=
}
trap end_service EXIT

# begin_service: a new one, which knows no snapshot but those of ./seed; nor is there a journal. It
# speaks TLS when $chain is a file that has a chain and its key.
chain=
begin_service() {
	end_service
	rm -rf state port "$XDG_STATE_HOME"
	mkdir state
	[ ! -e seed ] || cp seed state/seed
	/usr/bin/python3 "$E2E_DIR/../fake/${SERVICE:-ebs_server.py}" state ${chain:+"$chain"} >port &
	server=$!
	wait_for 20 test -s port
	AWS_ENDPOINT_URL=http${chain:+s}://127.0.0.1:$(cat port)
	export AWS_ENDPOINT_URL
}

faults() { # JSON
	echo "$1" >state/faults.new
	mv state/faults.new state/faults
}

# requests ACTION [STATUS]: how many the service has answered.
requests() {
	grep -cE "^$1 .* ${2:-[^ ]*}\$" state/log || :
}

# blocks_of ACTION STATUS: of how many blocks. What is slow may be asked for twice.
blocks_of() {
	grep "^$1 .* $2\$" state/log | sort -u | wc -l
}

# botocore ec2|ebs COMMAND [ARGUMENT…]: as tests/fake/ec2_client.py or ebs_client.py has it. One
# process does it for all of the test; it ends when nobody has fd 8 any more.
mkfifo ask answer
/usr/bin/python3 "$E2E_DIR/../fake/clients.py" said answer <ask &
clients=$!
exec 8>ask
botocore() {
	client_of=$1 command=$2
	shift 2
	kill -0 "$clients" 2>/dev/null || fail "nobody asks botocore any more"
	{
		printf '%s\t' "${EC2_REGION:-}" "${EC2_PARAMETER:-}" "${AWS_CA_BUNDLE:-}" \
			"$client_of" "$command" "$AWS_ENDPOINT_URL" "$@"
		echo
	} >&8
	# To its end: else the next answer could be awaited from who still closes this one.
	told=$(cat answer)
	cat said
	return "$told"
}

# client COMMAND…: botocore's of EBS.
client() {
	botocore ebs "$@"
}

snapshot_of() { # FILE of --json
	jq -r .snapshot_id "$1"
}

no_journal() {
	[ -z "$(find xdg-state -type f)" ] || fail "a journal is left"
}

# same_disk SNAPSHOT FILE: botocore reads back what FILE has.
same_disk() {
	client read "$1" read-back || fail "botocore cannot read $1"
	cmp -n "$(stat -c %s "$2")" "$2" read-back || fail "$1 is not what $2 is"
	rm -f read-back
}
